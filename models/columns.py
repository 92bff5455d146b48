"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, String, Table, TypeDecorator
from sqlmodel import SQLModel

from rules.clock import SHANGHAI


class Instant(TypeDecorator[datetime]):
    """A moment in time: stored in UTC, returned in Asia/Shanghai; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite has no zones, so there the zone is dropped after conversion."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        stored = value.astimezone(UTC)
        return stored.replace(tzinfo=None) if dialect.name == "sqlite" else stored

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Read back as Asia/Shanghai."""
        if value is None:
            return None
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        return aware.astimezone(SHANGHAI)


def state_column(
    states: type[StrEnum], name: str, default: StrEnum | None = None, **options: Any
) -> Column[str]:
    """Return a text column that holds the *value* of an enum, guarded by a CHECK in the database."""
    allowed = ", ".join(f"'{state.value}'" for state in states)
    return Column(
        name,
        String(32),
        CheckConstraint(f"{name} IN ({allowed})", name=f"ck_{states.__name__.lower()}_{name}"),
        nullable=False,
        default=default,
        **options,
    )


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a model, for statements over sets."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
