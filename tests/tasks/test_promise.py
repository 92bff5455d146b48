"""Promises as rows: started with a lot's approval, settled by deeds, aged by the watch (T4, R2, G3)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from models.database import transaction
from models.promise import Promise
from rules.deadlines import season_calendar
from rules.promises import PromiseState
from rules.states import Custody
from tasks.promise import age_promises, package_moved, settle, start_dwell, start_lot_promises
from tasks.promise_standing import standings
from tests.rules.policy_packs import january_2020, pack_with
from tests.tasks.lots import (
    LOTS,
    PACKAGES,
    SEASON,
    at,
    change,
    events,
    hold,
    installation,
    make_case,
    make_lot,
    promises,
)

__all__ = ["installation"]
pytestmark = pytest.mark.usefixtures("installation")


def start(lot_id: int, day: str, cases: int, pack=None) -> None:
    pack = pack or january_2020()
    with transaction() as db:
        db.execute(update(LOTS).where(LOTS.c.id == lot_id).values(approved_at=at(day), cases=cases))
        start_lot_promises(db, lot_id, pack, season_calendar(pack, at(day).date()), at(day))


def settled(duty: str, subject: str, ids: list[int], day: str) -> int:
    with transaction() as db:
        return settle(db, duty, subject, ids, at(day), january_2020())


def age(day: str, pack=None) -> list[tuple[str, str]]:
    return [(one.duty, one.mark) for one in age_promises(SEASON, pack or january_2020(), at(day))]


def approved_lot(day: str = "2019-12-09", cases: int = 2, **own) -> tuple[int, list[int]]:
    lot_id = make_lot()
    ids = [make_case(lot_id, "approved", **own) for _ in range(cases)]
    start(lot_id, day, cases)
    return lot_id, ids


def said(row: Promise) -> tuple:
    return row.started_on, row.due_on, row.total, row.open


def test_an_approval_starts_t4_r2_and_both_readings_of_g3():
    approved_lot()
    assert said(*promises("registry")) == (date(2019, 12, 9), date(2019, 12, 30), 2, 2)
    assert said(*promises("certificate")) == (date(2019, 12, 2), date(2019, 12, 16), 2, 2)
    assert said(*promises("in-hand/issue-date")) == (date(2020, 1, 20), date(2020, 3, 20), 2, 2)
    assert said(*promises("in-hand/audit-approval")) == (date(2019, 12, 9), date(2020, 2, 9), 2, 2)
    (registry,), (in_hand,) = promises("registry"), promises("in-hand/issue-date")
    assert (registry.clause, registry.holder, in_hand.clause, in_hand.holder) == ("T4", "010", "G3", "130")
    assert registry.policy_hash == january_2020().hash
    assert registry.calendar_version == season_calendar(january_2020(), date(2019, 12, 9)).version


def test_an_approval_on_the_issue_date_still_starts_both_readings_of_g3():
    approved_lot("2020-01-20")
    assert len(promises("in-hand/issue-date")) == len(promises("in-hand/audit-approval")) == 1


def test_starting_twice_changes_nothing():
    lot_id, _ = approved_lot()
    before = [promises(duty) for duty in ("registry", "certificate", "in-hand/issue-date")]
    start(lot_id, "2019-12-09", 2)
    assert [promises(duty) for duty in ("registry", "certificate", "in-hand/issue-date")] == before


def test_r2_runs_per_day_of_complete_data_and_not_for_missing_photos_or_partner_seals():
    lot_id = make_lot()
    for day in ("2019-12-02", "2019-12-03", "2019-12-03", None):
        make_case(lot_id, "approved", day)
    hold(make_case(lot_id, "approved", "2019-12-02"), "partner-seal")  # N2: no R2 due date
    start(lot_id, "2019-12-09", 5)
    assert [said(row) for row in promises("certificate")] == [
        (date(2019, 12, 2), date(2019, 12, 16), 1, 1),
        (date(2019, 12, 3), date(2019, 12, 17), 2, 2),
    ]
    assert promises("registry")[0].total == 5  # audit and registration always go on


def test_r2_a_photo_that_comes_after_the_approval_starts_its_clock_at_the_next_watch():
    _, (first,) = approved_lot(cases=1, complete=None)
    assert promises("certificate") == []
    change([first], photo_received_at=at("2019-12-20"))
    age("2019-12-23")
    assert said(*promises("certificate")) == (date(2019, 12, 20), date(2020, 1, 6), 1, 1)


def test_t4_is_kept_only_when_every_row_of_the_lot_is_sent():
    lot_id, (first, second) = approved_lot()
    change([first], registration="sent")
    change([second], registration="unknown")  # it may not have arrived
    assert settled("registry", "lot", [lot_id], "2019-12-20") == 0
    assert promises("registry")[0].open == 1
    change([second], registration="accepted")
    assert settled("registry", "case", [second], "2019-12-30") == 1
    (row,) = promises("registry")
    assert (row.open, row.state, row.done_on) == (0, PromiseState.DONE, date(2019, 12, 30))
    assert settled("registry", "lot", [lot_id], "2020-01-02") == 0
    assert promises("registry") == [row]
    assert [event.data["state"] for event in events("promise-kept")] == ["done"]


def test_t4_rows_sent_after_the_due_day_are_late():
    lot_id, ids = approved_lot()
    change(ids, registration="sent")
    settled("registry", "lot", [lot_id], "2019-12-31")
    assert promises("registry")[0].state == PromiseState.LATE


def test_r2_ends_for_each_start_day_with_the_dispatch_of_its_cases():
    lot_id = make_lot()
    first, second = (make_case(lot_id, "approved", day) for day in ("2019-12-02", "2019-12-03"))
    start(lot_id, "2019-12-09", 2)
    change([first], certificate="packed", custody="in-transit")
    change([second], certificate="packed", custody="at-hq")
    assert settled("certificate", "lot", [lot_id], "2019-12-13") == 1
    assert [(row.open, row.state) for row in promises("certificate")] == [(0, "done"), (1, "running")]


def test_g3_both_readings_end_with_the_hand_over():
    _, ids = approved_lot()
    change(ids, custody="handed-over")
    assert settled("in-hand", "case", ids, "2020-02-20") == 2
    states = [promises(f"in-hand/{start}")[0].state for start in ("issue-date", "audit-approval")]
    assert states == ["done", "late"]


def test_the_watch_raises_each_alarm_once_and_none_for_what_is_done():
    approved_lot()  # T4 due 12-30, R2 due 12-16
    assert age("2019-12-08") == []
    assert age("2019-12-09") == [("certificate", "5")]
    assert age("2019-12-09") == age("2019-12-10") == []
    assert age("2019-12-13") == [("certificate", "2")]  # 12-12 was missed, its alarm is not
    assert age("2019-12-23") == [("certificate", "breached"), ("registry", "5")]
    assert promises("certificate")[0].state == PromiseState.BREACHED
    assert promises("registry")[0].state == PromiseState.WARNED


def test_a_kept_promise_alarms_no_more():
    lot_id, ids = approved_lot()
    change(ids, registration="sent", custody="in-transit")
    for duty in ("registry", "certificate"):
        settled(duty, "lot", [lot_id], "2019-12-10")
    assert age("2020-01-19") == []
    assert promises("registry")[0].state == PromiseState.DONE


def test_t4_a_holiday_extended_meanwhile_moves_nothing_by_itself():
    approved_lot("2020-01-15")
    age("2020-01-26")
    stored = promises("registry")
    assert stored[0].due_on == date(2020, 2, 10)
    age("2020-01-27")
    assert promises("registry") == stored


def test_n7_a_batch_1_lot_not_sent_by_01_19_is_warned_of():
    approved_lot("2020-01-15", complete=None)
    assert ("registry", "N7") not in age("2020-01-18")
    assert age("2020-01-19") == [("registry", "N7")]


@pytest.mark.parametrize(
    ("batch", "approved", "last", "clause"),
    [(1, "2019-12-09", "2020-01-15", "T1"), (2, "2020-03-02", "2020-04-17", "N1")],
)
def test_t1_n1_what_is_unfinished_at_the_end_of_its_batch_goes_on_as_a_late_tail(
    batch, approved, last, clause
):
    lot_id = make_lot(batch=batch)
    ids = [make_case(lot_id, "approved", complete=None) for _ in range(2)]
    start(lot_id, approved, 2)
    (row,) = promises("batch-end")
    assert (row.clause, str(row.due_on), row.total, row.open) == (clause, last, 2, 2)
    assert ("batch-end", "breached") not in age(last)
    assert ("batch-end", "breached") in age(str(date.fromisoformat(last) + timedelta(days=1)))
    change(ids[:1], certificate="packed", custody="in-transit")
    settled("certificate", "lot", [lot_id], "2020-05-06")
    (row,) = promises("batch-end")
    assert (row.open, row.state, row.done_on) == (1, PromiseState.BREACHED, None)
    change(ids, certificate="packed", custody="in-transit")
    settled("certificate", "lot", [lot_id], "2020-05-07")
    assert promises("batch-end")[0].state == PromiseState.LATE


def test_t1_what_is_dispatched_by_the_last_day_is_in_time():
    lot_id, ids = approved_lot()
    change(ids, certificate="packed", custody="in-transit")
    settled("certificate", "lot", [lot_id], "2020-01-15")
    assert promises("batch-end")[0].state == PromiseState.DONE


def test_n2_who_waits_for_the_partners_seal_is_no_tail_of_the_batch():
    lot_id = make_lot()
    hold(make_case(lot_id, "approved"), "partner-seal")
    start(lot_id, "2019-12-09", 1)
    assert promises("batch-end") == promises("certificate") == []
    assert promises("registry")[0].total == 1


def package_at_branch(lot_id: int) -> int:
    package = {"season": SEASON, "batch": 1, "lot_id": lot_id, "branch": "130", "centre": "1300101"}
    package |= {"code": "P1", "token": "t", "certificates": 3, "custody": "at-branch", "holder": "130"}
    arrived = at("2020-01-02")
    with transaction() as db:
        made = insert(PACKAGES).values(**package, packed_at=arrived, held_since=arrived)
        return db.execute(made.returning(PACKAGES.c.id)).scalar_one()


def moved(package_id: int, custody: Custody, day: str) -> None:
    with transaction() as db:
        package_moved(db, package_id, custody, at(day), january_2020())


def test_dwell_times_breach_after_their_days_and_end_with_the_onward_scan():
    package_id = package_at_branch(make_lot())
    for _ in range(2):
        with transaction() as db:
            calendar = season_calendar(january_2020(), date(2020, 1, 2))
            start_dwell(db, [package_id], "branch", january_2020(), calendar, at("2020-01-02"))
    (row,) = promises("dwell/branch")
    assert (row.due_on, row.holder, row.total, row.open) == (date(2020, 1, 12), "130", 3, 3)
    assert age("2020-01-12") == []
    assert age("2020-01-13") == [("dwell/branch", "breached")]
    assert settled("dwell", "package", [package_id], "2020-01-14") == 1
    assert promises("dwell/branch")[0].state == PromiseState.LATE


def test_r2_a_moved_package_ends_the_lots_clock_and_hands_the_dwell_clock_on():
    lot_id, ids = approved_lot()
    package_id = package_at_branch(lot_id)
    change(ids, certificate="packed", custody="in-transit")
    moved(package_id, Custody.IN_TRANSIT, "2019-12-13")
    assert promises("certificate")[0].state == PromiseState.DONE
    moved(package_id, Custody.AT_BRANCH, "2019-12-16")
    assert promises("dwell/branch")[0].done_on is None
    moved(package_id, Custody.IN_TRANSIT, "2019-12-18")
    moved(package_id, Custody.AT_CENTRE, "2019-12-20")
    assert promises("dwell/branch")[0].done_on == date(2019, 12, 18)
    assert promises("dwell/centre")[0].due_on == date(2020, 1, 19)


def test_reading_how_promises_stand_changes_nothing():
    approved_lot()
    stored = promises("certificate")
    (first, *_) = standings(SEASON, january_2020(), at("2019-12-17"))
    assert (first.duty, first.state, first.left, first.mark) == ("certificate", "breached", -1, "breached")
    assert (first.batch, first.branch) == (1, "130")
    assert promises("certificate") == stored


def test_a_season_without_duties_promises_nothing():
    lot_id = make_lot()
    make_case(lot_id, "approved")
    start(lot_id, "2019-12-09", 1, pack_with(duties=[]))
    assert promises("registry") == promises("certificate") == []
