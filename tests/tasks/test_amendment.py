"""Amendments of a season in force: all that moves, shown before it happens, once (G1, T4)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models.certificate import CertificateSheet
from models.closure import CLOSURES
from models.columns import table_of
from models.database import reading, transaction
from models.phase import PLAN
from models.promise import Promise
from rules.amendment import PromiseChange
from rules.deadlines import season_calendar
from rules.refusals import Refused
from rules.timeline import in_turn, phases_of, planned_series
from tasks.amendment import amend, preview
from tasks.plan import change_plan
from tasks.policy import adopt_pack, deployable, season_pack
from tasks.promise import settle, start_dwell, start_lot_promises
from tests.rules.policy_packs import SHIPPED, january_2020, pack_with, text_with
from tests.tasks.lots import (
    APPROVALS,
    LOTS,
    PACKAGES,
    SEASON,
    SUBMISSIONS,
    at,
    change,
    events,
    installation,
    make_case,
    make_lot,
    promises,
)

__all__ = ["installation"]
EXTENDED = SHIPPED.parent / "calendar" / "2020-spring-festival-extended.yaml"
# What a province may say: work begins a week later still.
REGIONAL = """
year: 2020
published: 2020-01-28
days_off: [2020-01-01, 2020-01-24..2020-02-09, 2020-04-04..2020-04-06, 2020-05-01..2020-05-05,
           2020-06-25..2020-06-27, 2020-10-01..2020-10-08]
make_up_workdays: [2020-01-19, 2020-04-26, 2020-05-09, 2020-06-28, 2020-09-27, 2020-10-10]
"""


@pytest.fixture(autouse=True)
def in_force(installation: None) -> None:
    """The January 2020 pack, adopted before its calendar was amended."""
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28"))


def approved_lot(day: str = "2020-01-15", batch: int = 1) -> int:
    lot_id = make_lot(batch=batch)
    make_case(lot_id, "approved", batch=batch, complete=None)
    pack = season_pack(SEASON)
    with transaction() as db:
        db.execute(update(LOTS).where(LOTS.c.id == lot_id).values(approved_at=at(day), cases=1))
        start_lot_promises(db, lot_id, pack, season_calendar(pack, at(day).date()), at(day))
    return lot_id


def extend(day: str = "2020-01-27") -> Any:
    return amend(EXTENDED.read_text(encoding="utf-8"), EXTENDED.name, at(day), "王修订", "春节延长")


def amended(day: str = "2020-01-20", **changes: object) -> Any:
    return amend(text_with(version=2, **changes), "v2.yaml", at(day), "王修订", "通知更正")


def moves(changes: list[PromiseChange]) -> dict[str, tuple[str, str, str]]:
    return {one.promise.duty: (one.what, str(one.old), str(one.new)) for one in changes}


def everything() -> list[Any]:
    with reading() as db:
        return [db.execute(select(table)).all() for table in (table_of(Promise), PLAN)]


def test_t4_the_extended_spring_festival_moves_02_10_to_02_12_and_says_so_first() -> None:
    approved_lot()
    before = everything()
    shown = preview(EXTENDED.read_text(encoding="utf-8"), EXTENDED.name, at("2020-01-27"))
    assert moves(shown.promises) == {"registry": ("moved", "2020-02-10", "2020-02-12")}
    assert not shown.promises[0].late
    assert everything() == before
    assert events("policy-amended") == []
    assert extend() == shown
    (row,) = promises("registry")
    assert (row.due_on, row.started_on) == (date(2020, 2, 12), date(2020, 1, 15))
    assert row.calendar_version == season_calendar(january_2020(), date(2020, 1, 27)).version
    assert row.policy_hash == season_pack(SEASON).hash != january_2020().hash
    (event,) = events("policy-amended")
    assert (event.actor, event.data["reason"], event.count) == ("王修订", "春节延长", 1)
    assert ["moved", row.id, "registry", "2020-02-10", "2020-02-12"] in event.data["promises"]


def test_t4_the_timeline_of_the_calendar_as_first_published_is_shown_beside_the_new_one() -> None:
    shown = extend()
    said = {change.new.zh: (str(change.old.last), str(change.new.last)) for change in shown.milestones}
    assert said["首批末日起：学历电子注册数据上报学信网"] == ("2020-02-10", "2020-02-12")


def test_an_amendment_again_changes_nothing() -> None:
    approved_lot()
    extend()
    before = everything()
    again = extend("2020-01-28")
    assert (again.new, again.promises, again.milestones, again.plan) == (False, [], [], [])
    assert everything() == before
    assert len(events("policy-amended")) == 1


def test_what_is_kept_stays_as_it_was_judged() -> None:
    case_sent(approved_lot(), "2020-01-20")
    kept = promises("registry")
    extend()
    assert promises("registry") == kept


def case_sent(lot_id: int, day: str) -> None:
    change([1], registration="sent")
    with transaction() as db:
        settle(db, "registry", "lot", [lot_id], at(day), january_2020())


def test_days_off_that_a_province_adds_count_for_what_starts_later_and_move_the_plan() -> None:
    approved_lot()
    pack = january_2020()
    with transaction() as db:
        change_plan(SEASON, phases_of(map(in_turn, planned_series(pack))), at("2019-11-28"), db)
    shown = amend(REGIONAL, "regional.yaml", at("2020-01-28"), "王修订", "延迟开工")
    assert moves(shown.promises) == {"registry": ("moved", "2020-02-10", "2020-02-19")}
    register = next(one for one in shown.plan if (one.flow, one.batch) == ("register", 1))
    assert register.gone[0] == date(2020, 2, 3)
    assert register.added[-1] == date(2020, 2, 19)
    later = make_lot(part=2)
    make_case(later, "approved", complete=None)
    with transaction() as db:
        calendar = season_calendar(season_pack(SEASON, db), date(2020, 2, 3))
        start_lot_promises(db, later, season_pack(SEASON, db), calendar, at("2020-02-03"))
    assert promises("registry")[-1].due_on == date(2020, 2, 28)


def test_a_calendar_stays_in_force_beside_a_later_version_of_the_pack() -> None:
    approved_lot()
    amend(REGIONAL, "regional.yaml", at("2020-01-28"), "王修订", "延迟开工")
    shown = amended("2020-01-29", title="更正")
    assert (shown.promises, shown.pack_version) == ([], 2)
    assert len(season_pack(SEASON).calendar_years) == 1
    assert deployable(pack_with(version=2, title="更正"), "v2.yaml") == season_pack(SEASON)
    later = adopt_pack(text_with(version=3, title="再次更正"), "v3.yaml", at("2020-01-30"))
    assert (later.version, len(later.calendar_years), later) == (3, 1, season_pack(SEASON))


def test_n1_an_amended_last_day_moves_the_due_day_of_each_batch_alone() -> None:
    for batch in (1, 2):
        approved_lot("2020-01-10", batch)
    shown = amended(batches__2__certificates__closes="2020-04-24")
    assert [(one.promise.batch, str(one.new)) for one in shown.promises] == [(2, "2020-04-24")]
    assert [str(row.due_on) for row in promises("batch-end")] == ["2020-01-15", "2020-04-24"]


def test_a_duty_that_is_dropped_or_added_takes_its_promises_with_it() -> None:
    approved_lot()
    duties = [duty.model_dump(mode="json") for duty in january_2020().duties]
    registry = next(duty for duty in duties if duty["name"] == "registry")
    others = [duty for duty in duties if duty["name"] != "registry"]
    shown = amended(duties=[*others, registry | {"name": "registry-first", "workdays": 5}])
    assert {duty: what for duty, (what, *_) in moves(shown.promises).items()} == {
        "registry": "disappears",
        "registry-first": "appears",
    }
    assert promises("registry") == []
    assert len(promises("registry-first")) == 1


def test_a_clock_that_is_no_duty_of_the_pack_is_left_alone() -> None:
    approved_lot()
    with transaction() as db:
        db.execute(update(table_of(Promise)).where(table_of(Promise).c.duty == "registry").values(duty="own"))
    before = promises("own")
    extend()
    assert promises("own") == before


def test_n5_a_closed_season_is_amended_no_more() -> None:
    asked = {"season": SEASON, "kind": "season-close", "subject_id": 1, "frozen_hash": "", "count": 0}
    asked |= {
        "summary": {},
        "proposer": "李",
        "proposed_at": at("2020-01-19"),
        "state": "approved",
        "note": "",
    }
    closure = {"season": SEASON, "closed_at": at("2020-01-20"), "closed_by": "王", "missing": 0}
    with transaction() as db:
        made = db.execute(insert(APPROVALS).values(**asked).returning(APPROVALS.c.id))
        closure["approval_id"] = made.scalar_one()
        db.execute(insert(CLOSURES).values(**closure))
    with pytest.raises(Refused) as refusal:
        extend()
    assert refusal.value.code == "season-closed"


def test_r2_an_amended_dwell_limit_moves_packages_that_lie_with_their_holder() -> None:
    arrived = at("2020-01-02")
    package = {"season": SEASON, "batch": 1, "lot_id": make_lot(), "branch": "130", "centre": "1300101"}
    package |= {"code": "P1", "token": "t", "certificates": 3, "custody": "at-branch", "holder": "130"}
    with transaction() as db:
        made = insert(PACKAGES).values(**package, packed_at=arrived, held_since=arrived)
        package_id = db.execute(made.returning(PACKAGES.c.id)).scalar_one()
        pack = january_2020()
        start_dwell(db, [package_id], "branch", pack, season_calendar(pack, arrived.date()), arrived)
    shown = amended("2020-01-05", dwell__0__days=12)
    assert moves(shown.promises) == {"dwell/branch": ("moved", "2020-01-12", "2020-01-14")}
    assert shown.promises[0].promise.branch == "130"


def test_a_promise_that_an_amendment_makes_late_is_named() -> None:
    approved_lot("2019-12-20")
    (change_,) = amended("2020-01-10", duties__0__workdays=5).promises
    assert (change_.what, str(change_.new), change_.late) == ("moved", "2019-12-27", True)
    assert promises("registry")[0].state == "breached"


def refused(code: str, **changes: object) -> dict[str, Any]:
    before = everything()
    with pytest.raises(Refused) as refusal:
        amended(**changes)
    assert refusal.value.code == code
    assert everything() == before
    return refusal.value.where


def test_a_version_that_does_not_rise_is_refused() -> None:
    amended(title="更正")
    assert refused("amend-version", title="再次更正")["version"] == 2


def test_n4_a_batch_with_students_is_not_cancelled() -> None:
    approved_lot()
    where = refused(
        "amend-batch-used", batches__0__status="cancelled", batches__0__reason="停办", registry_warning=None
    )
    assert (where["batch"], where["units"], where["count"]) == (1, "130", 1)


def test_t1_a_window_does_not_move_before_what_it_took() -> None:
    make_case(None)
    with transaction() as db:
        db.execute(update(SUBMISSIONS).values(batch=1, accepted=1))  # received on 11-29
    window = {"audit": "2019-12-01", "certificates": "2019-12-01"}
    where = refused("amend-data-outside", **{f"batches__0__{k}__opens": day for k, day in window.items()})
    assert where["receipts"] == "1 (130 audit-data)"


def test_n7_dates_on_numbered_certificates_do_not_change() -> None:
    lot_id = make_lot()
    case_id = make_case(lot_id, "approved")
    with transaction() as db:
        sheet = {"case_id": case_id, "lot_id": lot_id, "number": "511618202006000001", "position": 1}
        sheet |= {"allocated_at": at("2020-01-15")}
        db.execute(insert(table_of(CertificateSheet)).values(**sheet))
    assert refused("amend-issued", dates__issue__day="2020-01-21")["old"] == date(2020, 1, 20)


def test_a_calendar_from_the_future_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        extend("2020-01-26")
    assert refusal.value.code == "amend-not-published"


def test_deploying_another_content_is_no_way_around_an_amendment() -> None:
    with pytest.raises(Refused) as refusal:
        deployable(pack_with(title="更正"), "other.yaml")
    assert refusal.value.code == "policy-in-force"
