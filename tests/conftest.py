"""What tests share: an installation of their own, and a real Prefect server with a worker, once a session."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from models import archive, database, keys
from models.settings import settings

# How fast a machine is says nothing about a rule.
hypothesis_settings.register_profile("biye", deadline=None)
hypothesis_settings.load_profile("biye")
pytest_plugins = ["tests.played_season"]
REPOSITORY = Path(__file__).parents[1]


def forget_installation() -> None:
    """Forget everything that this process remembers of an installation."""
    for remembered in (settings, database.engine, keys.key, archive._store):
        remembered.cache_clear()


@pytest.fixture
def biye_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty, migrated installation, alone for one test."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "biye"))
    forget_installation()
    database.migrate()
    yield tmp_path / "biye"
    database.engine().dispose()
    forget_installation()


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one installation of the session that server and worker belong to."""
    return tmp_path_factory.mktemp("prefect-session") / "biye"


@pytest.fixture(scope="session")
def running_engine(prefect_home: Path) -> Iterator[object]:
    """A real server and worker on a free port; use `prefect_server`, which also points the test there."""
    from biye.supervisor import Supervisor, free_port

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIYE_HOME", str(prefect_home))
        patch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)  # the worker finds the tests' flows
        forget_installation()
        database.migrate()
        engine = Supervisor(free_port(), limit=3)
        forget_installation()
    with engine:
        yield engine


@pytest.fixture
def prefect_server(
    running_engine: object, prefect_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[object]:
    """The session's engine (biye.supervisor.Supervisor); BIYE_HOME and PREFECT_API_URL point to it."""
    monkeypatch.setenv("BIYE_HOME", str(prefect_home))
    monkeypatch.setenv("PREFECT_API_URL", running_engine.url)  # type: ignore[attr-defined]
    forget_installation()
    yield running_engine
    database.engine().dispose()
    forget_installation()
