"""N5, N7: students confirm certificate and record; what has to wait is a promise until they answer."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from models.case import Case
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.confirmation import Confirmation
from models.database import transaction
from models.event import Event
from models.promise import Promise
from rules.confirmation import RecordCheck
from rules.promises import CONFIRMATION, FEEDBACK, PromiseState
from rules.refusals import Refused
from rules.season import Pack
from tasks.case_view import case_view
from tasks.certificate_problem import dismiss_problem, note_registry_corrected, propose_correction
from tasks.confirmation import Entered, Word, confirm_records
from tasks.confirmation_list import enter_list
from tasks.gap import season_gaps
from tasks.hand_over import HandOver, hand_over, refuse_certificate
from tasks.problem_view import problems
from tasks.promise import age_promises
from tasks.promise_standing import standings
from tasks.season_account import season_account
from tests.printed_lots import cases, installation, rows_of, shipped_reference, student_no
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.tasks.test_hand_over import EAST, ISSUED, WEST, at_centre

pytestmark = pytest.mark.usefixtures(installation.__name__)
LATER = ISSUED + timedelta(days=1)
DUE = date(2020, 2, 7)  # 10 workdays after 01-20 as known then: 01-31, and 02-01 to make up for a day off


def show(visible: bool = True) -> None:
    """Make every record public, or hide it."""
    state = "visible" if visible else "hidden"
    with transaction() as db:
        db.execute(update(table_of(Case)).values(visibility=state))


def give(serial: int = 1, pack: Pack | None = None, **how: bool) -> HandOver:
    return hand_over(student_no(serial), EAST, ISSUED, "孙七", pack or january_2020(), **how)


def say(*serials: int, wrong: str = "", by: str = EAST, at: datetime = LATER) -> Entered:
    words = [Word(student_no(serial), wrong, "丙写成丁" if wrong else "") for serial in serials]
    return confirm_records(words, by, at, "孙七", january_2020(), shipped_reference())


def refused(*serials: int, **how: object) -> str:
    """The code with which words are refused; nothing may have changed."""
    before = rows_of(Confirmation), rows_of(Event), rows_of(Promise)
    with pytest.raises(Refused) as refusal:
        say(*serials, **how)  # type: ignore[arg-type]
    assert (rows_of(Confirmation), rows_of(Event), rows_of(Promise)) == before
    assert student_no(1) not in str(refusal.value)
    return refusal.value.code


def promised(duty: str) -> list[tuple[object, ...]]:
    """Subject, holder, due day, open, total and state of the promises of a duty."""
    names = ("subject", "holder", "due_on", "open", "total", "state")
    return [tuple(row[name] for name in names) for row in rows_of(Promise) if row["duty"] == duty]


def told(duty: str) -> list[tuple[object, ...]]:
    """What `biye today` says of a duty a day after the issue date."""
    found = standings("2020-01", january_2020(), LATER)
    return [(one.label, one.holder, one.due_on, one.open) for one in found if one.duty == duty]


def test_both_are_confirmed_at_hand_over_where_the_record_is_public() -> None:
    at_centre()
    show()
    assert give().record is RecordCheck.CONFIRMED
    (row,) = rows_of(Confirmation)
    assert (row["certificate_at"], row["record_at"], row["record_by"]) == (ISSUED, ISSUED, EAST)
    assert promised(CONFIRMATION) == []


def test_the_record_of_who_comes_before_it_is_public_is_its_centre_s_promise() -> None:
    """N5: one promise for a package's students of one day, with owner and due day."""
    at_centre(2)
    assert (give(1).record, give(2).record) == (RecordCheck.DEFERRED,) * 2
    assert promised(CONFIRMATION) == [("package", EAST, DUE, 2, 2, "running")]
    assert told(CONFIRMATION) == [("学生核对学信网信息", EAST, DUE, 2)]
    assert refused(1) == "N5-record-hidden"
    show()
    assert say(1) == Entered(confirmed=1, repeated=0, wrong=0)
    assert promised(CONFIRMATION) == [("package", EAST, DUE, 1, 2, "running")]
    assert say(1, 2) == Entered(confirmed=1, repeated=1, wrong=0)
    assert promised(CONFIRMATION) == [("package", EAST, DUE, 0, 2, "done")]


def test_a_student_may_look_later_though_the_record_is_public() -> None:
    at_centre()
    show()
    assert give(record_later=True).record is RecordCheck.DEFERRED
    assert len(promised(CONFIRMATION)) == 1


def test_the_watch_alarms_the_day_after_the_due_day() -> None:
    at_centre()
    give()
    after = datetime(2020, 2, 8, 9, tzinfo=ISSUED.tzinfo)
    age_promises("2020-01", january_2020(), after - timedelta(days=1))
    assert promised(CONFIRMATION)[0][-1] == PromiseState.RUNNING
    (alarm,) = [one for one in age_promises("2020-01", january_2020(), after) if one.duty == CONFIRMATION]
    assert (alarm.mark, alarm.holder, alarm.clause) == ("breached", EAST, "N5")


def test_a_season_without_a_clock_for_it_has_no_promise() -> None:
    at_centre()
    give(pack=pack_with(confirmation=GONE))
    assert [row["record"] for row in rows_of(Confirmation)] == ["deferred"]
    assert promised(CONFIRMATION) == []


def test_a_repeated_hand_over_says_what_holds_of_the_record_and_keeps_one_confirmation() -> None:
    at_centre()
    give()
    assert give().record is RecordCheck.DEFERRED
    assert len(rows_of(Confirmation)) == 1


@pytest.mark.parametrize("by", [WEST, "120"])
def test_another_unit_cannot_confirm(by: str) -> None:
    at_centre()
    give()
    show()
    assert refused(1, by=by) == "N5-confirmed-elsewhere"
    assert refused(1, at=ISSUED - timedelta(seconds=1)) == "N5-confirmed-earlier"
    assert say(1, by="110").confirmed == 1


def test_who_has_no_certificate_or_no_case_is_refused() -> None:
    at_centre()
    show()
    assert refused(1) == "N5-not-handed-over"
    assert refused(7) == "N5-no-case"


def test_a_wrong_record_is_hq_s_with_a_clock_until_chsi_corrected_it_and_then_asked_of_again() -> None:
    at_centre(2)
    give(1)
    give(2)
    show()
    assert say(1, wrong="姓名") == Entered(confirmed=0, repeated=0, wrong=1)
    (problem,) = problems("2020-01")
    assert (problem.about, problem.owner, problem.registry) == ("record", "010", "wanted")
    assert promised(FEEDBACK) == [("problem", "010", problem.due_on, 1, 1, "running")]
    assert promised(CONFIRMATION)[0][3:5] == (1, 2)  # the other student's word alone is open
    assert refused(1) == "N5-record-wrong"
    dismiss_problem(problem.problem, "王芳", LATER)
    assert promised(FEEDBACK)[0][-1] == "done"
    assert [row["record"] for row in rows_of(Confirmation)] == ["deferred", "deferred"]
    assert [row[3] for row in promised(CONFIRMATION)] == [1, 1]  # asked again on another day
    assert say(1, 2, at=LATER + timedelta(hours=1)).confirmed == 2
    assert {row[-1] for row in promised(CONFIRMATION)} == {"done"}


def test_the_certificate_of_a_wrong_record_is_not_printed_again() -> None:
    at_centre()
    give()
    show()
    say(1, wrong="姓名")
    with pytest.raises(Refused, match="N5-problem-record"):
        propose_correction(1, "", b"scan", "王芳", LATER)
    with pytest.raises(Refused, match="N5-problem-registry"):
        note_registry_corrected(1, " ", "王芳", LATER, january_2020(), shipped_reference())


def test_what_a_student_finds_wrong_on_the_certificate_is_a_problem_instead_of_a_hand_over() -> None:
    at_centre()
    opened = refuse_certificate(student_no(1), ["姓名", "性别"], "丙", EAST, ISSUED, "孙七", january_2020())
    assert [row["id"] for row in rows_of(CertificateProblem)] == opened == [1, 2]
    assert cases()[0]["custody"] == "at-centre"
    assert rows_of(Confirmation) == []
    with pytest.raises(Refused, match="N5-held"):
        give()
    with pytest.raises(Refused, match="N5-not-here"):
        refuse_certificate(student_no(1), ["姓名"], "丙", WEST, ISSUED, "孙七", january_2020())


def paper(text: str, by: str = EAST) -> Entered:
    facts = (january_2020(), shipped_reference())
    return enter_list(text.encode("gb18030"), "签收.csv", by, LATER, "孙七", *facts)


def test_a_paper_list_is_entered_whole() -> None:
    at_centre(3)
    for serial in (1, 2, 3):
        give(serial)
    show()
    lines = f"学号,姓名,有误栏目\n{student_no(1)},张,\n{student_no(2)},张,照片\n{student_no(3)},张,\n"
    assert paper(lines) == Entered(confirmed=2, repeated=0, wrong=1)
    assert {row["tracking"] for row in rows_of(Confirmation)} == {"paper"}


def test_a_paper_list_with_a_line_that_cannot_be_entered_is_refused_whole_with_its_place() -> None:
    at_centre(2)
    give(1)
    show()
    with pytest.raises(Refused) as refusal:
        paper(f"学号\n{student_no(1)}\n{student_no(2)}\n")
    assert refusal.value.code == "N5-record-list"
    assert refusal.value.where["lines_en"] == "3 N5-not-handed-over"
    assert rows_of(Confirmation)[0]["record"] == "deferred"
    with pytest.raises(Refused, match="N5-record-columns"):
        paper("姓名\n张三\n")


def causes() -> dict[str, str]:
    """The causes of what students miss a day after the issue date, with their owners."""
    found = season_gaps("2020-01", january_2020(), LATER).missing
    return {one.cause: one.unit for one in found}


def test_the_gap_check_names_who_has_to_act_until_both_are_confirmed() -> None:
    """N5: an eligible → confirmed waterfall in which every missing person has a cause and an owner."""
    at_centre()
    give()
    assert causes() == {"record-hidden": "010"}
    show()
    assert causes() == {"record-unconfirmed": EAST}
    say(1, wrong="姓名")
    assert causes() == {"problem-open": "010"}
    dismiss_problem(1, "王芳", LATER)
    say(1, at=LATER + timedelta(hours=1))
    assert causes() == {}


def test_the_case_and_the_account_show_both_confirmations() -> None:
    at_centre(2)
    give(1)
    shown = case_view(student_no(1), LATER)
    assert shown.confirmation is not None
    assert (shown.confirmation.centre, shown.confirmation.record) == (EAST, "deferred")
    assert [one.duty for one in shown.promises if one.duty == CONFIRMATION and one.done_on is None]
    assert not [one for one in case_view(student_no(2), LATER).promises if one.duty == CONFIRMATION]
    (line,) = [
        one for one in season_account("2020-01", january_2020(), LATER) if one.clause == "N5/confirmed"
    ]
    assert (line.due, line.done, line.late) == (1, 0, 0)
    show()
    say(1, wrong="姓名")
    shown = case_view(student_no(1), LATER)
    assert [(one.about, one.state) for one in shown.problems] == [("record", "open")]
    assert [one.done_on for one in shown.promises if one.duty == FEEDBACK] == [None]
