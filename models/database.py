"""Connections to the one database: SQLite (WAL) by default, PostgreSQL when asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

import rules.refusals_installation  # noqa: F401  registers its codes
from models.event import seal_on_commit
from models.settings import settings
from rules.refusals import Refused

if TYPE_CHECKING:
    from alembic.config import Config

_BUSY_SECONDS = 60


@lru_cache
def engine() -> Engine:
    """Return this process's engine; statement parameters never reach a log."""
    url = settings().database.replace("postgresql://", "postgresql+psycopg://")
    if url.startswith("sqlite"):
        made = _sqlite(url)
    else:
        made = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    seal_on_commit(made)
    return made


def _sqlite(url: str) -> Engine:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None}
    )
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once when another writes in between.
    mode = "DEFERRED" if connection.get_execution_options().get("reading") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def transaction() -> Iterator[Connection]:
    """One writing transaction: everything in it happens, or nothing."""
    with engine().begin() as db:
        yield db


@contextmanager
def trial() -> Iterator[Connection]:
    """One writing transaction that is taken back at its end: what would happen, seen without happening."""
    with engine().connect() as db:
        yield db


@contextmanager
def reading() -> Iterator[Connection]:
    """One consistent view for reading; it never blocks a writer."""
    with engine().connect().execution_options(reading=True) as db, db.begin():
        yield db


def alembic_config() -> "Config":
    """Return Alembic's configuration for this installation's database."""
    from alembic.config import Config  # a run of a migrated installation does not need it

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database to a revision, and return the one before and the one after.

    On a database that is there already this changes nothing.

    Raises Refused home-unwritable, database-unreachable, database-newer.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        before = database_revision()[0]
        command.upgrade(alembic_config(), revision)
        return before, database_revision()[0]
    except OSError as error:
        raise Refused("home-unwritable", folder=settings().root, why=error.strerror) from None
    except (ArgumentError, DatabaseError) as error:
        why = str(getattr(error, "orig", error)).splitlines()[0]
        raise Refused("database-unreachable", address=database_address(), why=why) from None
    except CommandError as error:
        raise Refused("database-newer", why=error) from None


def database_revision() -> tuple[str | None, str | None]:
    """Return the revision of the database, None before its first migration, and the newest that is known."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine().connect() as db:
        at = MigrationContext.configure(db).get_current_revision()
    return at, ScriptDirectory.from_config(alembic_config()).get_current_head()


def check_migrated() -> None:
    """Refuse a database that is not at this version's revision: database-unreachable, database-older."""
    try:
        at, head = database_revision()
    except DatabaseError as error:
        why = str(error.orig).splitlines()[0]
        raise Refused("database-unreachable", address=database_address(), why=why) from None
    if at != head:
        raise Refused("database-older", at=at or "–", head=head)


def database_address() -> str:
    """Return where the database is, for people: without its password."""
    try:
        return make_url(settings().database).render_as_string(hide_password=True)
    except ArgumentError:
        return "BIYE_DATABASE_URL"
