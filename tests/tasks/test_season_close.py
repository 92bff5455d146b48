"""Closing a season (N5): not over an unexplained gap, by two persons, and then nothing comes in any more."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from biye.sandbox.registry import receipt_for
from flows.gap import check_gaps
from models.case import Case
from models.certificate import RegistryRow
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
from tasks.intake import take_in
from tasks.late_answers import seasons_closed, take_late_answers
from tasks.phase import missed_phases
from tasks.plan import change_plan
from tasks.policy import current_reference, season_pack
from tasks.proposal import propose_close
from tasks.receiving import receive
from tasks.season_close import closing
from tasks.submission_view import list_submissions, show_submission
from tasks.today import today
from tests.played_season import DONE, SEASON, at

CASES, PROMISES, VERDICTS, SUBMISSIONS = (table_of(one) for one in (Case, Promise, RowVerdict, Submission))
APPROVALS, ROWS = table_of(Approval), table_of(RegistryRow)


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
    for kind in ("roster", "practice", "audit-data"):
        with pytest.raises(Refused, match="season-closed"):
            receive(SEASON, kind, "110", "late.csv", b"late", at("2020-07-01T09:00"))


LATE = at("2020-07-01T09:00")


@pytest.fixture
def unanswered(settled: None) -> tuple[int, bytes]:
    """A closed season in which the registry owes an answer about one graduate, and that answer."""
    with transaction() as db:
        row = db.execute(select(ROWS).where(ROWS.c.result == "accepted").order_by(ROWS.c.id)).first()
        assert row is not None
        heading, *lines = receipt_for(row.package_id, objects=False).splitlines(keepends=True)
        answer = heading + next(line for line in lines if row.number.encode() in line)
        db.execute(update(ROWS).where(ROWS.c.id == row.id).values(result="", answered_at=None))
        waiting = {"registration": "sent", "registered_at": None, "visibility": "hidden", "visible_on": None}
        db.execute(update(CASES).where(CASES.c.id == row.case_id).values(**waiting))
    approve(propose(), "王审核", DONE)
    return int(row.case_id), answer


def registration(case: int) -> tuple[str, datetime | None, str]:
    with reading() as db:
        row = db.execute(select(CASES).where(CASES.c.id == case)).one()
    return row.registration, row.registered_at, row.visibility


def test_what_the_registry_says_after_the_closing_is_taken_in_with_its_time_and_shown_as_late(
    unanswered: tuple[int, bytes],
) -> None:
    """N5, T4: nothing that the registry says is lost."""
    case, answer = unanswered
    receipt = receive(SEASON, "registry-receipt", "010", "late.csv", answer, LATE)
    counts = take_in(receipt, season_pack(SEASON), current_reference(), LATE)
    assert counts["accepted"] > 0
    assert registration(case) == ("accepted", LATE, "hidden")
    with reading() as db:
        kinds = db.scalars(select(EVENTS.c.kind).where(EVENTS.c.stream == f"submission:{receipt}")).all()
    assert "received-after-close" in kinds
    assert "关闭后补收 · late" in str(show_submission(receipt).detail)
    assert [one["receipt"] for one in list_submissions(SEASON) if one["late"]] == [receipt]
    assert take_late_answers(SEASON, LATE) == 1  # N7: the sweep shows it
    assert registration(case)[2] == "visible"


def test_the_sweep_fetches_what_a_registry_with_an_interface_still_owes_a_closed_season(
    unanswered: tuple[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """N5, T4: over HTTP as well; no phase of the season asks any more."""
    case, answer = unanswered
    with reading() as db:
        package = db.scalar(select(ROWS.c.package_id).where(ROWS.c.case_id == case))
    monkeypatch.setattr("tasks.late_answers.packages_to_ask", lambda _: [package])
    monkeypatch.setattr("tasks.registry_exchange._set_up", lambda: Answering(answer))
    assert seasons_closed() == [SEASON]
    assert take_late_answers(SEASON, LATE) == 1
    assert registration(case) == ("accepted", LATE, "visible")
    assert take_late_answers(SEASON, LATE) == 0


@dataclass
class Answering:
    """A registry that has an answer."""

    answer: bytes

    def results(self, _key: str) -> bytes:
        return self.answer


def test_the_board_shows_of_a_closed_season_only_what_a_scan_or_a_hand_over_ends(settled: None) -> None:
    """N5, G3: a certificate that waits at a centre is still to be handed out."""
    found = today(LATE)
    before = {one.duty for one in [*found.late, *found.due]}
    assert any(duty.startswith(("registry", "certificate", "batch-end", "extension-list")) for duty in before)
    approve(propose(), "王审核", DONE)
    board = today(LATE)
    assert {one.duty.split("/")[0] for one in [*board.late, *board.due]} == {"in-hand", "dwell"}
    assert (board.phases_due, board.to_amend, board.scattered, board.no_cover_estimate) == ([], {}, [], {})


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
