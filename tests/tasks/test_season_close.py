"""Closing a season (N5): not over an unexplained gap, by two persons, and then nothing comes in any more."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from flows.gap import check_gaps
from models.case import Case
from models.closure import CLOSURES
from models.columns import table_of
from models.database import reading, transaction
from models.event import EVENTS, broken_links
from models.lot import Approval
from models.promise import Promise
from models.submission import RowVerdict, Submission
from rules.refusals import Refused
from rules.timeline import PlannedPhase
from tasks.approval import approve, reject
from tasks.held_rows import held_rows, settle_held
from tasks.phase import missed_phases
from tasks.plan import change_plan
from tasks.policy import season_pack
from tasks.proposal import propose_close
from tasks.receiving import receive
from tasks.season_close import closing
from tests.played_season import DONE, SEASON, at

CASES, PROMISES, VERDICTS, SUBMISSIONS = (table_of(one) for one in (Case, Promise, RowVerdict, Submission))
APPROVALS = table_of(Approval)


def settle_the_rest() -> None:
    """Settle what the played season leaves open beside its gaps."""
    explained = select(APPROVALS.c.id).where(APPROVALS.c.season == SEASON, APPROVALS.c.state == "proposed")
    with reading() as db:
        waiting = db.scalars(explained).all()
    for one in waiting:
        reject(one, "王审核", DONE)
    for receipt in {one["receipt"] for one in held_rows(SEASON)}:
        settle_held(receipt, [], "李明", "已核实", DONE)
    with transaction() as db:
        db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.state == "received").values(state="judged"))


@pytest.fixture
def settled(played: Path) -> None:
    """A season in which whatever is open is explained by a gap."""
    settle_the_rest()


def propose() -> int:
    return propose_close(SEASON, season_pack(SEASON), "李明", DONE)


def refused_for() -> str:
    """What the refusal of a closing says is open, in English."""
    with pytest.raises(Refused) as refused:
        propose()
    assert refused.value.code == "close-open"
    return str(refused.value.where["open_en"])


def test_a_season_whose_gaps_are_all_explained_is_closed_by_two_persons(settled: None) -> None:
    """N5: explained gaps go with it, counted."""
    number = propose()
    with pytest.raises(Refused, match="approval-same-person"):
        approve(number, "李明", DONE)
    people = approve(number, "王审核", DONE)
    with reading() as db:
        row = db.execute(select(CLOSURES)).one()
        kinds = db.scalars(select(EVENTS.c.kind).where(EVENTS.c.stream == f"season:{SEASON}")).all()
        assert list(broken_links(db)) == []
    assert (row.season, row.approval_id, row.closed_by) == (SEASON, number, "王审核")
    assert 0 < row.missing <= people
    assert "season-closed" in kinds
    with pytest.raises(Refused, match="season-closed"):
        propose()


def test_proposing_twice_is_one_proposal(settled: None) -> None:
    assert propose() == propose()


def test_an_unexplained_gap_is_refused_with_its_count_and_how_to_see_it(settled: None) -> None:
    """N5."""
    with transaction() as db:
        db.execute(update(CASES).where(CASES.c.audit == "failed").values(decision_id=None))
        count = len(db.scalars(select(CASES.c.id).where(CASES.c.audit == "failed")).all())
    assert refused_for() == f"{count} people missing for no known reason"
    with pytest.raises(Refused, match="biye season gaps 2020-01"):
        propose()


def _new_promise() -> Any:
    row = {"season": SEASON, "duty": "cleanup", "clause": "N8", "subject": "season", "subject_id": 0}
    counted = {"total": 1, "open": 1, "holder": "010", "state": "running", "started_on": DONE.date()}
    return insert(PROMISES).values(**row, **counted, calendar_version="", policy_hash="")


def _first(table: Any, state: str) -> Any:
    return update(table).where(table.c.id == 1).values(state=state)


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (_new_promise(), "1 promises open"),
        (_first(APPROVALS, "proposed"), "1 approvals waiting"),
        (_first(SUBMISSIONS, "received"), "1 submissions received"),
    ],
)
def test_whatever_waits_and_no_gap_explains_is_refused(settled: None, opened: Any, said: str) -> None:
    """N5: the cleanup's promise (N8), an approval, a file nobody judged."""
    with transaction() as db:
        db.execute(opened)
    assert said in refused_for()


def test_held_rows_wait_for_a_person_before_the_season_closes(played: Path) -> None:
    with transaction() as db:
        first = db.scalar(select(VERDICTS.c.id).limit(1))
        db.execute(update(VERDICTS).values(resolved_by=1))
        db.execute(update(VERDICTS).where(VERDICTS.c.id == first).values(outcome="held", resolved_by=None))
        found = closing(db, SEASON, season_pack(SEASON), DONE)
    assert found.open["held"] == 1


def test_what_changed_since_it_was_proposed_is_proposed_anew(settled: None) -> None:
    number = propose()
    with transaction() as db:
        db.execute(update(CASES).where(CASES.c.custody == "at-centre").values(custody="handed-over"))
    with pytest.raises(Refused, match="approval-stale"):
        approve(number, "王审核", DONE)
    with reading() as db:
        assert db.execute(select(CLOSURES)).all() == []


@pytest.fixture
def closed(settled: None) -> None:
    """A closed season."""
    approve(propose(), "王审核", DONE)


def test_a_closed_season_takes_nothing_in(closed: None) -> None:
    """N5."""
    for kind in ("roster", "practice", "registry-receipt"):
        with pytest.raises(Refused, match="season-closed"):
            receive(SEASON, kind, "110", "late.csv", b"late", at("2020-07-01T09:00"))


def test_a_phase_of_a_closed_season_ends_at_once_with_the_reason(
    closed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N5: completed, so that nobody is alarmed."""
    monkeypatch.setattr("flows.gap.check", None)  # not reached
    state = check_gaps.fn(season=SEASON, as_of=DONE)
    assert (state.name, state.is_completed()) == ("SeasonClosed", True)
    assert "season-closed" in state.message


def test_the_sweep_starts_nothing_of_a_closed_season(settled: None) -> None:
    phases = [PlannedPhase("watch", None, at("2020-01-21T09:00"), "G2")]
    change_plan(SEASON, phases, at("2020-01-20T09:00"))
    assert [one.flow for one in missed_phases(DONE, SEASON)] == ["watch"]
    approve(propose(), "王审核", DONE)
    assert missed_phases(DONE, SEASON) == []


def test_nobody_without_a_name_proposes_a_closing(settled: None) -> None:
    with pytest.raises(Refused, match="approval-nameless"):
        propose_close(SEASON, season_pack(SEASON), " ", DONE)


def test_an_open_promise_is_explained_by_the_people_of_its_lot_who_miss_a_step(settled: None) -> None:
    with transaction() as db:
        assert closing(db, SEASON, season_pack(SEASON), DONE).open == {}
        db.execute(delete(PROMISES).where(PROMISES.c.subject == "package"))
        db.execute(update(PROMISES).where(PROMISES.c.subject == "lot").values(subject_id=99))
        assert closing(db, SEASON, season_pack(SEASON), DONE).open["promises"] > 0


@pytest.mark.parametrize(("due", "open_"), [("2020-01-20", {}), ("2020-05-15", {"promises": 1})])
def test_a_list_that_a_unit_can_still_send_stands_against_the_closing_and_a_missed_one_does_not(
    settled: None, due: str, open_: dict[str, int]
) -> None:  # N8
    row = {"season": SEASON, "duty": "extension-list", "clause": "N8", "subject": "unit", "subject_id": 110}
    days = {"started_on": at("2019-11-29T09:00").date(), "due_on": at(f"{due}T09:00").date()}
    said = {
        "holder": "110",
        "total": 1,
        "open": 1,
        "state": "running",
        "calendar_version": "-",
        "policy_hash": "-",
    }
    with transaction() as db:
        db.execute(insert(PROMISES), row | days | said)
        db.execute(delete(PROMISES).where(PROMISES.c.subject == "season"))
        assert closing(db, SEASON, season_pack(SEASON), DONE).open == open_
