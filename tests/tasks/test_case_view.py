"""One case as a whole: tracks, holds, promises, place, dates, decisions, submissions, and who it is."""

from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from models.case import Case, Hold
from models.columns import table_of
from models.database import reading, transaction
from models.event import EVENTS, broken_links
from models.keys import decrypt_ids
from models.student import Student
from rules.refusals import Refused
from tasks.case_view import CaseView, case_view
from tests.played_season import AUDITED, DONE, SEASON, at

CASES, STUDENTS, HOLDS = table_of(Case), table_of(Student), table_of(Hold)
pytestmark = pytest.mark.usefixtures("played")


def one_with(**states: str) -> str:
    """The student number of the first case in some states."""
    wanted = select(STUDENTS.c.student_no).join(CASES, CASES.c.student_id == STUDENTS.c.id)
    for track, state in states.items():
        wanted = wanted.where(CASES.c[track] == state)
    with reading() as db:
        found = db.scalar(wanted.order_by(CASES.c.id).limit(1))
    assert found is not None
    return str(found)


def seen(asked_by: str | None = None, **states: str) -> CaseView:
    return case_view(one_with(**states), DONE, asked_by=asked_by)


def states_of(case: CaseView) -> dict[str, str]:
    return {track.track: track.state for track in case.tracks}


def promise(case: CaseView, duty: str) -> object:
    return next(one for one in case.promises if one.duty == duty)


def test_all_five_tracks_are_told_with_their_chinese_names():
    case = seen(custody="at-centre")
    assert states_of(case) == {
        "audit": "approved",
        "registration": "accepted",
        "certificate": "packed",
        "custody": "at-centre",
        "visibility": "visible",
    }
    assert [track.chinese for track in case.tracks][3] == "在学习中心"


def test_a_missing_photo_is_told_with_clause_since_and_owner_and_hides_the_record():
    """R1, N7."""
    case = seen(certificate="numbered", visibility="hidden")
    assert [(hold.track, hold.reason, hold.clause, hold.owner) for hold in case.holds] == [
        ("certificate", "photo", "R1", "110"),
        ("visibility", "photo", "N7", "110"),
    ]
    assert case.dates.hidden_because == ["photo"]
    assert (case.dates.visible_on, case.dates.expected) == (None, None)


def test_a_released_hold_stays_in_sight():
    number = one_with(custody="at-centre")
    with transaction() as db:
        case_id = db.scalar(select(CASES.c.id).join(STUDENTS).where(STUDENTS.c.student_no == number))
        facts = {"case_id": case_id, "track": "hand-over", "reason": "dispute", "clause": "N5", "detail": ""}
        db.execute(insert(HOLDS).values(**facts, owner="010", since=AUDITED, released_at=DONE))
    (hold,) = case_view(number, DONE).holds
    assert (hold.since, hold.released_at) == (AUDITED, DONE)


def test_promises_are_this_cases_own_with_days_left_and_lateness():
    case = seen(custody="at-centre")
    registry, certificate = promise(case, "registry"), promise(case, "certificate")
    assert (registry.state, registry.done_on, registry.left) == ("done", AUDITED.date(), None)
    assert (certificate.state, str(certificate.due_on)) == ("done", "2020-01-16")
    in_hand = promise(case, "in-hand/issue-date")
    assert (str(in_hand.due_on), in_hand.left, in_hand.done_on) == ("2020-03-20", 39, None)


def test_r2_a_lots_promise_is_kept_for_a_case_that_left_though_others_wait():
    case = seen(custody="at-centre")
    certificate = promise(case, "certificate")
    assert certificate.done_on == AUDITED.date()
    waiting = promise(seen(certificate="numbered", visibility="visible"), "certificate")
    assert (waiting.done_on, waiting.state) == (None, "breached")
    assert waiting.left < 0


def test_n2_a_partner_seal_case_says_that_its_clock_does_not_run():
    case = seen(certificate="printed")
    assert [(one.clause, one.reason) for one in case.no_clock] == [("R2", "partner-seal")]
    assert all(one.duty != "certificate" for one in case.promises)


def test_r2_incomplete_data_say_that_the_clock_does_not_run():
    case = seen(certificate="numbered", visibility="hidden")
    assert [one.reason for one in case.no_clock] == ["data-incomplete"]


def test_n3_the_place_names_the_later_receipt_its_row_and_who_is_before():
    views = [case_view(number, DONE) for number in approved_numbers()]
    places = [view.order for view in views if view.order]
    assert len(places) == len(views)
    assert sorted(place.rank for place in places) == list(range(1, len(places) + 1))
    by_rank = sorted(places, key=lambda place: place.rank)
    keys = [(place.at, place.receipt, place.row) for place in by_rank]
    assert keys == sorted(keys)
    assert [place.position for place in by_rank] == list(range(1, len(places) + 1))
    assert {(place.allocation, place.earlier, place.of) for place in places} == {
        (len(places), 0, len(places))
    }
    assert by_rank[0].kind == "audit-data"


def approved_numbers() -> list[str]:
    wanted = select(STUDENTS.c.student_no).join(CASES, CASES.c.student_id == STUDENTS.c.id)
    with reading() as db:
        return list(db.scalars(wanted.where(CASES.c.audit == "approved")))


def test_n3_a_case_without_a_number_is_counted_among_those_before():
    last = max((case_view(number, DONE) for number in approved_numbers()), key=lambda one: one.order.rank)
    first = min((case_view(number, DONE) for number in approved_numbers()), key=lambda one: one.order.rank)
    assert last.order.unnumbered == 0
    from models.certificate import CertificateSheet

    sheets = table_of(CertificateSheet)
    with transaction() as db:
        db.execute(sheets.delete().where(sheets.c.case_id == first.case_id))
    again = case_view(approved_numbers()[0], DONE)
    assert again.order.unnumbered == (0 if again.case_id == first.case_id else 1)
    moved = [case_view(number, DONE).order for number in approved_numbers()]
    assert sorted(place.unnumbered for place in moved) == [0] + [1] * (len(moved) - 1)


def test_a_failed_case_has_no_place_and_every_unmet_rule_with_its_evidence():
    case = seen(audit="failed")
    assert case.order is None
    (decision,) = case.decisions
    assert (decision.in_force, decision.passed, decision.policy_version) == (True, False, 1)
    assert decision.clauses == ["G0"]
    for rule in decision.unmet:
        assert rule.found in rule.zh
        assert rule.needed in rule.en
        assert rule.remedy_zh
    assert len(decision.policy_hash) == len(decision.reference_version) == 64
    assert decision.calendar_version


def test_every_decision_is_told_and_one_is_in_force():
    number = one_with(audit="failed")
    from models.case import Decision

    decisions = table_of(Decision)
    with transaction() as db:
        case = db.execute(select(CASES).join(STUDENTS).where(STUDENTS.c.student_no == number)).one()
        old = {"policy_hash": "0" * 64, "reference_version": "1" * 64, "calendar_version": "c"}
        facts = {"case_id": case.id, "passed": True, "unmet": [], "decided_at": DONE}
        new = db.execute(insert(decisions).values(**old, **facts).returning(decisions.c.id)).scalar_one()
        db.execute(update(CASES).where(CASES.c.id == case.id).values(decision_id=new))
    first, second = case_view(number, DONE).decisions
    assert (first.in_force, second.in_force) == (False, True)
    assert (second.policy_version, second.clauses) == (None, ["G0"])


def test_the_submissions_that_made_a_case_are_told_with_rows_and_grades():
    case = seen(custody="at-centre")
    kinds = {one.kind: one for one in case.submissions}
    assert set(kinds) == {"roster", "grade-history", "practice", "audit-data", "certificate-data", "photos"}
    assert kinds["grade-history"].grades > 10
    assert kinds["audit-data"].row
    assert [one.kind for one in case.submissions if one.makes_place] == [case.order.kind]
    assert [one.receipt for one in case.submissions] == sorted(one.receipt for one in case.submissions)


def test_the_three_dates_of_n7_are_kept_apart():
    dates = seen(custody="at-centre").dates
    assert (str(dates.issued_on), str(dates.visible_on)) == ("2020-01-20", "2020-01-20")
    assert dates.registered_at == AUDITED


def test_an_accepted_record_before_the_issue_date_says_when_it_becomes_visible():
    number = one_with(custody="at-centre")
    with transaction() as db:
        db.execute(update(CASES).values(visibility="hidden", visible_on=None))
    dates = case_view(number, at("2020-01-15T09:00")).dates
    assert (str(dates.expected), dates.hidden_because) == ("2020-01-20", ["day-to-come"])


def personal_data(number: str) -> list[str]:
    with reading() as db:
        student = db.execute(select(STUDENTS).where(STUDENTS.c.student_no == number)).one()
    return [number, student.name, decrypt_ids([student.id_cipher])[0]]


def test_who_it_is_stays_masked_everywhere():
    number = one_with(custody="at-centre")
    case = case_view(number, DONE)
    told = str(asdict(case))
    assert not [one for one in personal_data(number) if one in told]
    assert case.person.id_number.startswith("999999**")
    assert "*" in case.certificate["number"]
    assert _looks() == []


def _looks() -> list[object]:
    with reading() as db:
        assert list(broken_links(db)) == []
        return list(db.execute(select(EVENTS).where(EVENTS.c.kind == "unmasked")).all())


def test_asking_for_it_unmasked_is_written_down_with_name_command_and_case():
    number = one_with(custody="at-centre")
    case = case_view(number, DONE, asked_by="赵查询")
    person = case.person
    assert [person.student_no, person.name, person.id_number] == personal_data(number)
    assert "*" not in case.certificate["number"]
    (look,) = _looks()
    assert (look.actor, look.stream, look.count) == ("赵查询", f"case:{case.case_id}", 1)
    assert look.data == {"what": "case show", "cases": [case.case_id]}
    assert look.occurred_at != DONE, "looking is never backdated"


def test_nobody_without_a_name_gets_it_unmasked():
    with pytest.raises(Refused, match="unmasked-nameless"):
        seen(asked_by="  ", custody="at-centre")
    assert _looks() == []


def test_a_key_of_another_installation_is_named(played: Path):
    from models import keys

    (played / "keys" / "id.key").write_text("00" * 32)
    keys.key.cache_clear()
    with pytest.raises(Refused, match="keys-other"):
        seen(custody="at-centre")


@pytest.mark.parametrize(
    ("number", "season", "code"),
    [("1700000000000", "", "case-unknown-student"), ("", "", "case-unknown-student")],
)
def test_an_unknown_student_number_is_refused(number: str, season: str, code: str):
    with pytest.raises(Refused, match=code):
        case_view(number, DONE, season)


def test_a_student_without_a_case_is_refused_with_the_branch_to_ask():
    with reading() as db:
        wanted = select(STUDENTS.c.student_no).where(STUDENTS.c.id.not_in(select(CASES.c.student_id)))
        number = str(db.scalar(wanted))
    with pytest.raises(Refused, match="case-none") as refused:
        case_view(number, DONE)
    assert "110" in str(refused.value)
    assert number not in str(refused.value)


def test_a_case_of_another_season_is_refused_and_of_this_one_found():
    number = one_with(audit="failed")
    assert case_view(number, DONE, SEASON).season == SEASON
    with pytest.raises(Refused, match="case-none"):
        case_view(number, DONE, "2020-07")
