"""The plain side on PostgreSQL: psycopg's binary COPY, into tables of the same shape in a schema beside."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from bench.plain_side import TABLES, Driver, Rows, cases_before

BESIDE = "plain"


class PostgresDriver(Driver):
    """Rows by binary COPY; cases are changed from a table of new values that is copied beside them."""

    def __init__(self, url: str) -> None:
        """Make the same tables and indexes in a schema beside, with the cases as they were before.

        url: of the database that Biye wrote.
        """
        self._db = psycopg.connect(url, autocommit=True)
        self._db.execute(f"CREATE SCHEMA {BESIDE}")
        for table in TABLES:
            self._db.execute(f"CREATE TABLE {BESIDE}.{table} (LIKE public.{table} INCLUDING ALL)".encode())
        columns = self.columns("graduation_case")
        listed = ", ".join(f'"{name}"' for name in columns)
        select = f"SELECT {cases_before(columns)} FROM public.graduation_case"
        self._db.execute(f"INSERT INTO {BESIDE}.graduation_case ({listed}) {select}".encode())

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table."""
        return list(self._types(table))

    def _types(self, table: str) -> dict[str, str]:
        query = """SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
        return dict(self._db.execute(query, (f"public.{table}",)).fetchall())

    def select(self, query: str) -> Iterable[tuple[Any, ...]]:
        """Return rows that Biye wrote."""
        return self._db.execute(query.encode()).fetchall()

    def write(self, table: str, changed: Sequence[str], rows: Rows, changes: Rows) -> None:
        """Copy rows and new values in, then update the cases in one statement."""
        types, of_case = self._types(table), self._types("graduation_case")
        new = {name: of_case[name] for name in (*changed, "id")}
        cases, assigned = f"{BESIDE}.graduation_case", ", ".join(f"{name} = new.{name}" for name in changed)
        made = f"CREATE TEMP TABLE new ON COMMIT DROP AS SELECT {', '.join(new)} FROM {cases} WITH NO DATA"
        with self._db.transaction():
            self._copy(f"{BESIDE}.{table}", types, rows)
            self._db.execute(made.encode())
            self._copy("new", new, changes)
            self._db.execute(f"UPDATE {cases} c SET {assigned} FROM new WHERE c.id = new.id".encode())

    def _copy(self, table: str, types: dict[str, str], rows: Rows) -> None:
        listed = ", ".join(f'"{name}"' for name in types)
        statement = f"COPY {table} ({listed}) FROM STDIN (FORMAT BINARY)"
        with self._db.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(list(types.values()))
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()
