"""The tail: what is due after a batch's last planned run is started by the sweep, until nothing is (N1)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.certificate import CertificateSheet, RegistryPackage, RegistryRow
from models.closure import CLOSURES
from models.columns import table_of
from models.database import transaction
from models.phase import PLAN
from rules.deadlines import season_calendar
from rules.promises import PromiseState
from tasks.lease import Phase
from tasks.policy import adopt_pack
from tasks.promise import age_promises, settle, start_lot_promises
from tasks.season_account import season_account
from tasks.tail import tail_phases
from tests.rules.policy_packs import SHIPPED, january_2020
from tests.tasks.lots import (
    APPROVALS,
    CASES,
    LOTS,
    PACKAGES,
    SEASON,
    at,
    change,
    hold,
    installation,
    make_case,
    make_lot,
    promises,
    rows,
)

__all__ = ["installation"]
pytestmark = pytest.mark.usefixtures("installation")
NOW, BATCH = at("2020-05-20"), 2
SHEETS, SENT, ROWS = table_of(CertificateSheet), table_of(RegistryPackage), table_of(RegistryRow)


def planned(*flows: str, last: str = "2020-04-30", state: str = "done") -> None:
    row = {"season": SEASON, "batch": BATCH, "clause": "R2", "deployed_at": at("2019-11-28"), "state": state}
    with transaction() as db:
        for flow in flows:
            db.execute(insert(PLAN).values(**row, flow=flow, due_at=at(last)))


def flows() -> list[str]:
    assert all(one == Phase(one.flow, SEASON, BATCH) for one in tail_phases(NOW))
    return [one.flow for one in tail_phases(NOW, SEASON)]


def approved_case(**own: Any) -> int:
    case = make_case(make_lot(batch=BATCH, approved_at=at("2020-04-17")), "approved", batch=BATCH)
    change([case], **{"certificate_submission": 1, **own})
    return case


def package_of(case_id: int, **own: Any) -> None:
    """Put a case's certificate into a package at HQ."""
    lot_id = rows(CASES, id=case_id)[0].lot_id
    made = {"season": SEASON, "batch": BATCH, "lot_id": lot_id, "branch": "130"}
    label = {"code": f"c{case_id}", "token": f"t{case_id}", "centre": "1300101", "certificates": 1}
    place = {"custody": "at-hq", "holder": "010", "packed_at": NOW, "held_since": NOW, **own}
    with transaction() as db:
        put = insert(PACKAGES).values(**made, **label, **place).returning(PACKAGES.c.id)
        sheet = {"number": str(case_id), "case_id": case_id, "lot_id": lot_id, "position": 1}
        packed = {"allocated_at": NOW, "package_id": db.execute(put).scalar_one()}
        db.execute(insert(SHEETS).values(**sheet, **packed))


def registry_row(case_id: int, **own: Any) -> None:
    """Put a case's row into a package that the registry has."""
    made = {"season": SEASON, "batch": BATCH, "lot_id": rows(CASES, id=case_id)[0].lot_id, "rows": 1}
    sent = {"archived": "0" * 64, "exported_at": NOW, "sent_at": NOW}
    with transaction() as db:
        package = db.execute(insert(SENT).values(**made, **sent).returning(SENT.c.id)).scalar_one()
        row = {"package_id": package, "case_id": case_id, "number": str(case_id), "digest": ""}
        db.execute(insert(ROWS).values(**row, answered_at=NOW, reason="", **own))


def close_season() -> None:
    approval = {"kind": "season-close", "season": SEASON, "subject_id": 0, "state": "approved"}
    asked = {"proposer": "李", "summary": {}, "note": "", "proposed_at": NOW, "frozen_hash": "", "count": 0}
    with transaction() as db:
        yes = db.execute(insert(APPROVALS).values(**approval, **asked).returning(APPROVALS.c.id)).scalar_one()
        row = {"season": SEASON, "approval_id": yes, "closed_at": NOW, "closed_by": "王", "missing": 0}
        db.execute(insert(CLOSURES).values(**row))


@pytest.mark.parametrize(
    ("own", "due"),
    [
        ({}, ["register"]),
        ({"certificate": "numbered"}, ["register"]),
        ({"certificate": "numbered", "registration": "exported"}, ["certify"]),
        ({"certificate": "printed", "registration": "sent"}, ["certify"]),
        ({"certificate": "numbered", "registration": "exported", "certificate_submission": None}, []),
    ],
)
def test_n1_a_phase_with_work_and_no_planned_run_any_more_is_due(own, due):
    planned("register", "certify", "dispatch")
    approved_case(**own)
    assert flows() == due


def test_n1_while_runs_are_planned_they_do_the_work():
    approved_case()
    planned("register", last="2020-05-11")
    planned("register", last="2020-05-21", state="planned")
    assert flows() == []
    assert tail_phases(NOW + timedelta(days=2)) == [Phase("register", SEASON, BATCH)]


def test_a_season_that_was_never_deployed_has_no_tail():
    approved_case()
    assert flows() == []


def test_n1_what_is_held_is_no_work_and_a_late_photo_makes_it_some():
    planned("register", "certify", "dispatch")
    case = approved_case(certificate="printed", registration="accepted")
    hold(case, "partner-seal")
    assert flows() == []
    change([case], certificate="packed", custody="at-hq")
    package_of(case)
    assert flows() == []  # N2: a package whose only certificate is held stays


def test_n7_a_photo_that_comes_after_the_last_run_is_work_until_it_is_on_its_way_to_the_registry():
    planned("register", "certify", "dispatch")
    photo = {"photo_submission": 1, "photo_member": 3}
    case = approved_case(certificate="packed", registration="accepted", custody="handed-over", **photo)
    registry_row(case, result="accepted")
    assert flows() == ["register"]
    registry_row(case, result="", **photo)
    assert flows() == []  # it goes once


def test_n5_a_closed_season_has_no_tail():
    planned("register")
    approved_case()
    assert flows() == ["register"]
    close_season()
    assert flows() == []


def test_n1_a_package_at_hq_is_dispatched_however_late():
    planned("register", "certify", "dispatch")
    case = approved_case(certificate="packed", registration="accepted", custody="at-hq")
    package_of(case)
    assert flows() == ["dispatch"]
    change([case], custody="in-transit")
    with transaction() as db:
        db.execute(PACKAGES.update().values(custody="in-transit"))
    assert flows() == []


def lot_of_batch_2(complete: str, approved: str) -> tuple[int, int]:
    """An approved lot of one case whose data were complete on a day."""
    pack = january_2020()
    lot_id = make_lot(batch=BATCH, part=len(rows(LOTS)) + 1, approved_at=at(approved))
    case = make_case(lot_id, "approved", batch=BATCH, complete=complete)
    with transaction() as db:
        start_lot_promises(db, lot_id, pack, season_calendar(pack), at(approved))
    return lot_id, case


def dispatched(lot_id: int, case: int, day: str) -> dict[str, str]:
    """Send a lot's certificate and return how its duties to dispatch ended."""
    change([case], certificate="packed", custody="in-transit")
    package_of(case, custody="in-transit", dispatched_at=at(day))
    with transaction() as db:
        settle(db, "certificate", "lot", [lot_id], at(day), january_2020())
    mine = [row for row in (*promises("certificate"), *promises("batch-end")) if row.subject_id == lot_id]
    return {row.clause: row.state for row in mine}


def test_n1_data_of_04_02_are_done_by_04_17_and_data_of_04_16_are_late_as_a_tail():
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28"))
    safe, tail = lot_of_batch_2("2020-04-02", "2020-04-07"), lot_of_batch_2("2020-04-16", "2020-04-17")
    running = (*promises("certificate"), *promises("batch-end"))
    due = {(row.clause, row.subject_id): str(row.due_on) for row in running}
    assert due == {
        ("R2", safe[0]): "2020-04-17",
        ("N1", safe[0]): "2020-04-17",
        ("R2", tail[0]): "2020-04-29",
        ("N1", tail[0]): "2020-04-17",
    }
    assert dispatched(*safe, "2020-04-17") == {"R2": PromiseState.DONE, "N1": PromiseState.DONE}
    alarms = age_promises(SEASON, january_2020(), at("2020-04-18"))
    assert [(one.clause, one.subject_id) for one in alarms if one.duty == "batch-end"] == [("N1", tail[0])]
    lines = {one.clause: one for one in season_account(SEASON, january_2020(), at("2020-04-18"))}
    assert (lines["N1"].due, lines["N1"].late) == (2, 1)
    assert dispatched(*tail, "2020-04-28") == {"R2": PromiseState.DONE, "N1": PromiseState.LATE}
