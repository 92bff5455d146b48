"""Taking in: what judging accepted becomes rows, everything else a verdict, in one transaction (R1, T1)."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.database import reading
from models.keys import decrypt_ids
from models.reference import read_reference
from rules.clock import SHANGHAI
from rules.reference import Reference
from rules.states import Audit
from tasks.intake import VERDICTS, take_in, waiting_submissions
from tasks.intake_cases import CASES, STUDENTS
from tasks.receiving import SUBMISSIONS, receive
from tests.rules.policy_packs import january_2020
from tests.submitted import csv_file, resident_id, row_of

SEASON, PACK = "2020-01", january_2020()
OPENED = datetime(2019, 11, 29, 9, tzinfo=SHANGHAI)
THEN = datetime(2019, 12, 2, 14, tzinfo=SHANGHAI)
ONE = {"student_no": "1711001200001", "name": "张喆", "id_number": resident_id(2)}
TWO = {"student_no": "1711001200002", "name": "李喆", "id_number": resident_id(4)}
ELSEWHERE = {"student_no": "1713001200003", "name": "王喆", "id_number": resident_id(6)}
pytestmark = pytest.mark.usefixtures("biye_home")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(Path(__file__).parents[2] / "seasons" / "reference")


def roster_row(reference: Reference, person: dict[str, str]) -> dict[str, str]:
    programme = reference.programmes.query("level == '专科' and direction == ''").iloc[0]
    centres = reference.organisations["code"]
    centre = next(code for code in centres if len(code) == 7 and code.startswith(person["student_no"][2:5]))
    said = {"sex": "女", "birth_date": "1990-03-07", "level": "专科", "programme_code": programme["code"]}
    return row_of("roster", **person, **said, direction="", centre=centre, entry_term="201709")


def send(kind: str, *rows: dict[str, str], branch: str = "110", at: datetime = THEN) -> int:
    return receive(SEASON, kind, branch, f"{kind}.csv", csv_file(kind, *rows), at)


@pytest.fixture
def enrolled(reference: Reference) -> None:
    """Two students of branch 110, and one of 130."""
    roster = send(
        "roster", *(roster_row(reference, p) for p in (ONE, TWO, ELSEWHERE)), branch="010", at=OPENED
    )
    assert take_in(roster, PACK, reference, THEN)["accepted"] == 3


def outcomes(receipt: int) -> dict[int, str]:
    with reading() as db:
        wanted = select(VERDICTS.c.row, VERDICTS.c.code).where(VERDICTS.c.submission_id == receipt)
        return {row.row: row.code for row in db.execute(wanted)}


def test_a_later_roster_corrects_who_is_known_and_adds_nobody_twice(
    enrolled: None, reference: Reference
) -> None:
    renamed = roster_row(reference, ONE | {"name": "张吉吉"})
    take_in(send("roster", renamed, branch="010"), PACK, reference, THEN)
    with reading() as db:
        students = db.execute(select(STUDENTS).order_by(STUDENTS.c.student_no)).all()
    assert [student.name for student in students] == ["张吉吉", "李喆", "王喆"]
    assert decrypt_ids([student.id_cipher for student in students]) == [
        person["id_number"] for person in (ONE, TWO, ELSEWHERE)
    ]
    assert students[0].birth_date == date(1990, 3, 7)


def test_audit_data_makes_a_case_of_each_own_student_and_refuses_all_others(
    enrolled: None, reference: Reference
) -> None:  # R1
    nobody = ONE | {"student_no": "1711001200009"}
    rows = [row_of("audit-data", **person) for person in (ONE, ELSEWHERE, nobody)]
    receipt = send("audit-data", *rows)
    counts = take_in(receipt, PACK, reference, THEN)
    assert (counts["accepted"], counts["refused"]) == (1, 2)
    assert outcomes(receipt) == {3: "row-other-branch", 4: "row-unknown-student"}
    with reading() as db:
        case = db.execute(select(CASES)).one()
    assert (case.branch, case.batch, case.audit, case.audit_row) == ("110", 1, Audit.AWAITING, 2)
    assert (case.audit_submission, case.audit_received_at) == (receipt, THEN)


def test_hq_may_send_for_all_branches(enrolled: None, reference: Reference) -> None:
    rows = [row_of("audit-data", **person) for person in (ONE, ELSEWHERE)]
    assert take_in(send("audit-data", *rows, branch="010"), PACK, reference, THEN)["accepted"] == 2
    with reading() as db:
        assert db.scalars(select(CASES.c.branch).order_by(CASES.c.id)).all() == ["110", "130"]


@pytest.mark.parametrize("said", ["811001200007.0", "０８１１００１２００００７", " 0811001200007\u3000"])
def test_a_student_number_as_spreadsheets_leave_it_is_found(reference: Reference, said: str) -> None:
    early = {"student_no": "0811001200007", "name": "赵喆", "id_number": resident_id(8)}
    roster = roster_row(reference, early) | {"entry_term": "201709"}
    take_in(send("roster", roster, branch="010", at=OPENED), PACK, reference, THEN)
    row = row_of("audit-data", **early) | {"student_no": said}
    assert take_in(send("audit-data", row), PACK, reference, THEN)["accepted"] == 1


def test_what_was_sent_already_is_a_duplicate_and_a_correction_takes_its_own_place(
    enrolled: None, reference: Reference
) -> None:  # N3
    take_in(
        send("audit-data", *(row_of("audit-data", **person) for person in (ONE, TWO))), PACK, reference, THEN
    )
    changed = row_of("audit-data", **TWO) | {"conduct": "优秀"}
    later = send("audit-data", row_of("audit-data", **ONE), changed, at=THEN + timedelta(hours=1))
    counts = take_in(later, PACK, reference, THEN)
    assert (counts["accepted"], counts["duplicate"]) == (1, 1)
    with reading() as db:
        cases = db.execute(select(CASES).order_by(CASES.c.id)).all()
    assert [case.audit_submission == later for case in cases] == [False, True]
    assert [case.conduct for case in cases] == ["合格", "优秀"]


def test_certificate_data_without_a_case_is_refused_and_with_one_completes_it(
    enrolled: None, reference: Reference
) -> None:  # R1, R2
    said = {"sex": "女", "birth_date": "1990-03-07", "level": "专科", "study_period": "201709-202001"}
    name = str(reference.programmes.query("level == '专科' and direction == ''").iloc[0]["name"])
    rows = [
        row_of("certificate-data", **p, **said, programme=name, direction="")
        for p in (_named(ONE), _named(TWO))
    ]
    take_in(send("audit-data", row_of("audit-data", **ONE)), PACK, reference, THEN)
    receipt = send("certificate-data", *rows)
    counts = take_in(receipt, PACK, reference, THEN)
    assert (counts["accepted"], outcomes(receipt)) == (1, {3: "row-no-case"})
    with reading() as db:
        case = db.execute(select(CASES)).one()
    assert (case.certificate_submission, case.study_from) == (receipt, date(2017, 9, 1))


def _named(person: dict[str, str]) -> dict[str, str]:
    return {name: person[name] for name in ("student_no", "name")}


def test_score_rows_count_by_outcome_and_judging_again_changes_nothing(
    enrolled: None, reference: Reference
) -> None:  # T1
    practice = reference.courses.query("module == '06'")["course_id"].iloc[0]
    good = row_of("practice", student_no=ONE["student_no"], course=f"{practice:05d}", score_code="82")
    bad = [good | change for change in ({"score_code": "100.5"}, {"student_no": ELSEWHERE["student_no"]}, {})]
    receipt = send("practice", good, *bad)
    counts = take_in(receipt, PACK, reference, THEN)
    assert counts == {"accepted": 1, "refused": 2, "held": 0, "parked": 0, "duplicate": 1}
    assert outcomes(receipt) == {3: "row-unknown-score", 4: "row-other-branch", 5: "row-duplicate"}
    assert take_in(receipt, PACK, reference, THEN) == {}
    with reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
    assert (sent.rows_read, sent.batch, sent.state) == (4, 1, "judged")
    assert waiting_submissions(SEASON, THEN) == []


@pytest.mark.parametrize(("judged", "batch"), [("2020-02-16T23:59", None), ("2020-02-17T09:00", 2)])
def test_what_came_between_batches_and_is_judged_after_the_opening_is_of_the_open_batch(
    enrolled: None, reference: Reference, judged: str, batch: int | None
) -> None:  # T1, N4: nothing stays parked for an opening that is past
    receipt = send("audit-data", row_of("audit-data", **ONE), at=datetime(2020, 2, 3, 10, tzinfo=SHANGHAI))
    counts = take_in(receipt, PACK, reference, datetime.fromisoformat(judged).replace(tzinfo=SHANGHAI))
    assert (counts["accepted"], counts["parked"]) == ((0, 1) if batch is None else (1, 0))
    with reading() as db:
        assert list(db.scalars(select(CASES.c.batch))) == ([] if batch is None else [2])
