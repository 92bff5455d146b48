"""The urgent lane from its approval to packed certificates, through a queue of its own (N4, N3)."""

from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from deployments.adhoc import deploy_adhoc
from deployments.urgent import start_urgent
from flows.urgent import handle_urgent
from models import database
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.student import Student
from tasks.approval import approvals, approve
from tasks.audit import audit_lot
from tasks.proposal import propose_lots
from tasks.urgent import propose_urgent, run_after
from tests.conftest import forget_installation
from tests.flows.soon import known_season, wait_for
from tests.flows.test_engine_smoke import runs_of
from tests.played_season import AUDITED, BRANCH, SEASON, play_intake

pytestmark = pytest.mark.prefect
CASES, SHEETS, STUDENTS = table_of(Case), table_of(CertificateSheet), table_of(Student)


@pytest.fixture
def audited(prefect_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installation of its own whose batch 1 is audited and waits for its approval; pack of the season."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "home"))
    forget_installation()
    pack, _ = play_intake(tmp_path / "input")
    audit_lot(SEASON, 1, BRANCH, AUDITED)
    propose_lots(SEASON, 1, AUDITED)
    yield pack
    database.engine().dispose()


def last_in_line() -> tuple[int, str]:
    """The passed case that stands last and has all its data, and its student's number."""
    key = [CASES.c[name].desc() for name in ("order_at", "order_receipt", "order_row")]
    complete = (CASES.c.certificate_submission.is_not(None), CASES.c.photo_submission.is_not(None))
    wanted = select(CASES.c.id, STUDENTS.c.student_no).join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
    with database.reading() as db:
        row = db.execute(wanted.where(CASES.c.audit == "passed", *complete).order_by(*key)).first()
        assert row is not None
        return row.id, row.student_no


def standing(case_id: int) -> tuple[str, str, str]:
    columns = (CASES.c.audit, CASES.c.registration, CASES.c.certificate)
    with database.reading() as db:
        audit, registration, certificate = db.execute(select(*columns).where(CASES.c.id == case_id)).one()
        return audit, registration, certificate


def approved(kind: str, pack: Any) -> tuple[str, list[int]] | None:
    """Approve what waits of a kind for the urgent lane; what run follows."""
    waiting = [one for one in approvals(SEASON) if one["kind"] == kind]
    (mine,) = [one for one in waiting if kind != "lot-audit" or one["summary"]["lane"] == "urgent"]
    approve(mine["id"], "王审核", AUDITED, document_no="审〔2020〕2号", pack=pack)
    return run_after(mine["id"])


def run(engine: Any, wanted: tuple[str, list[int]] | None) -> None:
    assert wanted is not None
    with temporary_settings({PREFECT_API_URL: engine.url}):
        handle_urgent(*wanted, as_of=AUDITED)


def test_n4_one_run_audits_and_after_the_lots_approval_the_next_registers_prints_and_packs(
    prefect_server: Any, audited: Any
) -> None:
    case, number = last_in_line()
    propose_urgent(SEASON, [number], "李提出", AUDITED, "已录用")
    run(prefect_server, approved("urgent-case", audited))
    assert standing(case) == ("passed", "none", "none")  # the audit's own approval is still to come
    again = approved("lot-audit", audited)
    assert again == (SEASON, [case])
    run(prefect_server, again)
    assert standing(case) == ("approved", "exported", "packed")
    with database.reading() as db:  # N3: before all others, who are not even approved
        assert list(db.execute(select(SHEETS.c.case_id, SHEETS.c.position)).tuples()) == [(case, 1)]
    run(prefect_server, again)  # again: nothing changes
    assert standing(case) == ("approved", "exported", "packed")


def test_n4_a_run_is_started_in_the_queue_that_is_served_first_and_carries_ids_alone(
    prefect_server: Any,
) -> None:
    season = "2089-01"
    known_season(season)
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:
        deploy_adhoc(client)
    start_urgent(season, [])
    wait_for(lambda: [one.state_name for one in runs(prefect_server, season)] == ["Completed"])
    start_urgent(season, [7])  # on no approved list
    wait_for(lambda: "Failed" in [one.state_name for one in runs(prefect_server, season)])
    found = runs(prefect_server, season)
    assert {one.work_queue_name for one in found} == {"urgent"}
    assert sorted(one.parameters["case_ids"] for one in found) == [[], [7]]
    (failed,) = [one for one in found if one.state_name == "Failed"]
    assert "N4-urgent-cases" in str(failed.state and failed.state.message)


def runs(engine: Any, season: str) -> list[FlowRun]:
    return [one for one in runs_of(engine, season) if one.name.startswith("urgent")]
