"""T4: a run of `register` uploads what is approved and takes in what is answered, by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select, update

from biye.sandbox.registry_server import Fault, RegistryServer, serving
from flows.registration import register_graduates
from models.case import Case
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from models.settings import settings
from tests.played_season import AUDITED, SEASON

CASES, PACKAGES, ROWS = table_of(Case), table_of(RegistryPackage), table_of(RegistryRow)
pytestmark = pytest.mark.prefect


@pytest.fixture
def stand_in(
    played: Path, running_engine: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RegistryServer]:
    """A season whose packages are approved and not sent, and a registry that takes them over HTTP."""
    with transaction() as db:
        registered = CASES.c.id.in_(select(ROWS.c.case_id))
        db.execute(update(CASES).where(registered).values(registration="exported", visibility="hidden"))
        db.execute(update(PACKAGES).values(sent_at=None, sent_by=None))
        db.execute(update(ROWS).values(result="", answered_at=None))
    server = RegistryServer(0, tmp_path / "sandbox")
    monkeypatch.setenv("BIYE_REGISTRY_URL", server.url)
    settings.cache_clear()
    address = running_engine.url  # type: ignore[attr-defined]
    with serving(server), temporary_settings({PREFECT_API_URL: address}):
        yield server


def registrations() -> set[str]:
    with reading() as db:
        return set(db.scalars(select(CASES.c.registration).where(CASES.c.id.in_(select(ROWS.c.case_id)))))


def test_t4_a_run_sends_takes_the_answers_and_asks_first_where_the_line_broke(
    stand_in: RegistryServer,
) -> None:
    stand_in.faults = [Fault.DROP_AFTER]
    failed = register_graduates(SEASON, 1, AUDITED, return_state=True)
    assert failed.is_failed()
    assert "T4-registry-unknown" in str(failed.message)
    assert "unknown" in registrations()
    assert register_graduates(SEASON, 1, AUDITED, return_state=True).is_completed()
    assert registrations() == {"accepted"}
    with reading() as db:
        numbers = list(db.scalars(select(ROWS.c.number).order_by(ROWS.c.number)))
    assert stand_in.store.registered() == numbers
