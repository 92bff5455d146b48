"""Both database engines for tests: SQLite in the test's folder, PostgreSQL in a database of the session."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy import Engine, make_url, text

from models import database
from models.schema import metadata

ENGINES = ("sqlite", "postgresql")
SERVER = os.environ.get("BIYE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
LEFT_OUT = f"left out: no PostgreSQL can be reached at {make_url(SERVER).render_as_string()}"


@contextmanager
def scratch_database() -> Iterator[str]:
    """A migrated database on the server for one session; its URL. Skips where no server can be reached."""
    if not server_answers():
        pytest.skip(LEFT_OUT)
    name = f"biye_test_{os.getpid()}"
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with server().connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BIYE_DATABASE_URL", url)
            _forget()
            database.migrate()
            database.engine().dispose()
            _forget()
        yield url
    finally:
        with server().connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def empty() -> None:
    """Take all rows out of the database of this process, and let ids begin at 1 again."""
    with database.engine().begin() as db:
        db.execute(text("SET session_replication_role = replica"))
        for table in metadata.sorted_tables:
            db.execute(table.delete())
        for name in db.execute(text("SELECT sequencename FROM pg_sequences")).scalars().all():
            db.execute(text(f'ALTER SEQUENCE "{name}" RESTART'))
        db.execute(text("SET session_replication_role = DEFAULT"))


def _forget() -> None:
    from tests.conftest import forget_installation

    forget_installation()


def server() -> Engine:
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    options = {"isolation_level": "AUTOCOMMIT", "poolclass": sqlalchemy.NullPool}
    return sqlalchemy.create_engine(url, connect_args={"connect_timeout": 2}, **options)


def server_answers() -> bool:
    try:
        with server().connect():
            return True
    except sqlalchemy.exc.OperationalError:
        return False
