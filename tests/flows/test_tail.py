"""A tail is finished by the sweep alone, day after day, until nothing is left to do (N1, R2)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from deployments.catalogue import flow_of
from flows.sweep import sweep
from models import database
from models.case import Case
from models.columns import table_of
from rules.timeline import PlannedPhase
from tasks.approval import approvals, approve
from tasks.lease import Phase
from tasks.plan import change_plan
from tasks.tail import tail_phases
from tests.flows.test_urgent import audited
from tests.played_season import AUDITED, SEASON, at

__all__ = ["audited"]
pytestmark = pytest.mark.prefect
CASES = table_of(Case)
AFTER = at("2020-03-02T10:30")  # batch 1 ended on 01-15, its last planned run was on 02-12


def standing() -> Counter[tuple[str, str]]:
    with database.reading() as db:
        mine = select(CASES.c.certificate, CASES.c.custody).where(CASES.c.audit == "approved")
        return Counter(tuple(row) for row in db.execute(mine))


def test_n1_what_was_approved_and_never_made_is_numbered_printed_and_sent_by_the_sweeps(
    prefect_server: Any, audited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases, last = ("register", "certify", "dispatch"), at("2020-02-05T09:00")
    change_plan(SEASON, [PlannedPhase(flow, 1, last, "R2") for flow in phases], AUDITED)
    with database.transaction() as db:
        db.exec_driver_sql("UPDATE planned_phase SET state = 'done'")  # before anything was approved
    for row in approvals(SEASON):
        approve(row["id"], "王审核", AFTER, document_no="审〔2020〕3号", pack=audited)
    assert set(standing()) == {("none", "none")}

    def run_here(phase: Phase, as_of: datetime) -> str:
        started.append(phase.flow)
        flow_of(phase.flow)(**phase.parameters, as_of=as_of)
        return "started"

    started: list[str] = []
    monkeypatch.setattr("flows.sweep.start_missed", run_here)
    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        for day in range(4):
            sweep(SEASON, as_of=AFTER + timedelta(days=day))
    assert tuple(started) == phases
    assert tail_phases(AFTER + timedelta(days=9)) == []
    found = standing()
    assert found["packed", "in-transit"] > 0
    held = {("numbered", "none"), ("printed", "none")}  # no photo; a partner's seal
    assert set(found) <= held | {("packed", "in-transit")}
