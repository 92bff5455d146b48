"""Extension lists row by row, the nil return, and CHSI's answers about withdrawals (N8)."""

from datetime import date

import pandas as pd
import pytest

from rules.extension import ExtensionContext, judge_extension, judge_extension_history
from rules.refusals import Refused
from rules.submission import Judged, RosterContext
from rules.withdrawal import FIELDS, withdrawal_fields
from rules.withdrawal_receipt import judge_withdrawal_receipt
from tasks.dbf import read_dbf, write_dbf
from tests.submitted import codes_of, csv_file, read, resident_id, row_of

NUMBERS = [f"1203110012{serial:03d}" for serial in range(1, 5)]


def context(**changes: object) -> ExtensionContext:
    """Four students: one as the notice wants, one extended before, one of another term, one elsewhere."""
    students = pd.DataFrame(
        {
            "student_no": NUMBERS,
            "student_id": [1, 2, 3, 4],
            "branch": ["110", "110", "110", "120"],
            "entry_term": ["201203", "201103", "201209", "201203"],
            "status": "在籍",
            "used": [0, 1, 0, 0],
            **dict.fromkeys(("waiting", "applied_on_known", "reason_known", "attachment_known"), None),
            "scan_known": None,
        }
    )
    facts: dict[str, object] = {"entered": "201203", "times": 1, "nil_return": True}
    facts |= {"roster": RosterContext(students, "110", lambda numbers: numbers)}
    return ExtensionContext(**(facts | changes))  # type: ignore[arg-type]


def judged(*rows: dict[str, str], ctx: ExtensionContext | None = None) -> Judged:
    table = read(csv_file("extension", *rows), "extension")
    return judge_extension(table.frame, table.row, ctx or context())


def application(place: int = 0, **cells: str) -> dict[str, str]:
    return row_of("extension", **({"student_no": NUMBERS[place]} | cells))


NIL = row_of("extension", student_no="无", applied_on="", reason="", attachment="")


def test_n8_an_application_is_taken_with_its_day_reason_and_paper() -> None:
    found = judged(application(), ctx=context(scans={"申请书.pdf": "a" * 64})).accepted.iloc[0]
    assert (found["student_id"], found["applied_on"], found["scan"]) == (1, date(2020, 4, 20), "a" * 64)


def test_n8_a_list_whose_scans_are_still_to_come_is_taken() -> None:
    assert judged(application()).accepted["scan"].tolist() == [None]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (application(1), "N8-extension-used"),
        (application(2), "N8-extension-entry"),
        (application(3), "row-other-branch"),
        (application(0, student_no="1203110019999"), "row-unknown-student"),
        (application(0, reason=""), "row-missing"),
        (application(0, attachment=""), "row-missing"),
        (application(0, applied_on="03/04/2020"), "row-ambiguous-date"),
    ],
)
def test_n8_each_wrong_row_has_its_reason(row: dict[str, str], code: str) -> None:
    assert codes_of(judged(row)) == {2: code}


def test_n8_a_paper_that_is_not_in_the_zip_or_no_scan_is_refused() -> None:
    assert codes_of(judged(application(), ctx=context(scans={}))) == {2: "N8-scan-missing"}
    assert codes_of(judged(application(), ctx=context(scans={"申请书.pdf": ""}))) == {2: "N8-scan-unreadable"}


def test_n8_one_student_twice_is_a_duplicate_or_held() -> None:
    assert codes_of(judged(application(), application())) == {3: "row-duplicate"}
    assert codes_of(judged(application(), application(reason="其他"))) == dict.fromkeys(
        (2, 3), "row-same-key"
    )


def test_n8_the_nil_return_is_one_row_and_says_nothing_else() -> None:
    found = judged(NIL)
    assert (found.accepted["student_id"].tolist(), codes_of(found)) == ([0], {})
    assert codes_of(judged(NIL, NIL)) == {3: "row-duplicate"}
    assert codes_of(judged(application(), NIL)) == {3: "N8-nil-mixed"}
    assert codes_of(judged(NIL, ctx=context(nil_return=False))) == {2: "N8-nil-off"}
    assert codes_of(judged(NIL, ctx=context(has_applications=True))) == {2: "N8-nil-after-list"}


def test_n8_earlier_extensions_name_their_last_term_and_their_document() -> None:
    rows = [
        row_of("extension-history", student_no=NUMBERS[1]),
        row_of("extension-history", student_no=NUMBERS[0], valid_until="2019年冬"),
    ]
    table = read(csv_file("extension-history", *rows), "extension-history")
    found = judge_extension_history(table.frame, table.row, context().roster)
    assert found.accepted[["student_id", "valid_until"]].to_numpy().tolist() == [[2, "201909"]]
    assert codes_of(found) == {3: "row-bad-term"}


SENT = pd.DataFrame(
    [(1, "sent", NUMBERS[0], "K1"), (2, "accepted", NUMBERS[1], "K2"), (3, "sent", NUMBERS[2], "")],
    columns=["id", "state", "student_no", "exam_no"],
)


def answered(text: str) -> Judged:
    table = read(text.encode(), "withdrawal-receipt")
    return judge_withdrawal_receipt(table.frame, table.row, SENT, "回执.csv")


def test_n8_chsi_answers_by_student_number_or_candidate_number() -> None:
    by_number = answered(f"XH,处理状态,BZ\r\n{NUMBERS[0]},成功,\r\n{NUMBERS[2]},退回,学号不符\r\n")
    assert by_number.accepted[["withdrawal_id", "status"]].to_numpy().tolist() == [
        [1, "accepted"],
        [3, "rejected"],
    ]
    assert answered("KSH,BZ\r\nK1,\r\n").accepted["withdrawal_id"].tolist() == [1]


def test_n8_an_answer_about_nobody_sent_is_refused_and_one_given_before_is_a_duplicate() -> None:
    found = answered(f"XH,BZ\r\n{NUMBERS[3]},\r\n{NUMBERS[1]},\r\n")
    assert codes_of(found) == {2: "row-unknown-withdrawal", 3: "row-already"}
    with pytest.raises(Refused) as caught:
        answered("处理状态,BZ\r\n成功,\r\n")
    assert caught.value.code == "file-missing-column"


def test_n8_the_table_for_chsi_has_the_seven_fields_in_gb18030() -> None:
    person = {
        "exam_no": "K1",
        "student_no": NUMBERS[0],
        "name": "买买提·艾力䶮",
        "id_number": resident_id().lower(),
    }
    rows = pd.DataFrame([person | {"approved_on": date(2020, 5, 20), "document_no": "学〔2020〕5号"}])
    read_back = read_dbf(write_dbf(withdrawal_fields(rows), FIELDS, "gb18030", date(2020, 5, 21)))
    assert read_back.columns.tolist() == ["KSH", "XH", "XM", "SFZH", "ZXLX", "PZRQ", "WH"]
    assert read_back.iloc[0].tolist() == [
        *("K1", NUMBERS[0], "买买提·艾力䶮", resident_id(), "退学", "20200520", "学〔2020〕5号"),
    ]
