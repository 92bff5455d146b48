"""What a unit gets back: the receipt and the error workbook."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest

from rules.roster import RosterJudgeContext, judge_roster
from rules.submission import OUTCOMES_ZH, Outcome
from tasks.error_workbook import ReceiptFacts, error_workbook, receipt_file
from tasks.workbook_rows import as_text
from tests.submitted import csv_file, read, resident_id, row_of


def lines_of(data: bytes) -> list:
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))


def test_a_line_says_file_row_column_code_value_and_remedy_in_both_languages():
    broken = resident_id()[:17] + "1"
    table = read(csv_file("roster", row_of("roster"), row_of("roster", id_number=broken)), "roster")
    judged = judge_roster(table.frame, table.row, RosterJudgeContext("110"))
    header, line = lines_of(error_workbook(judged.verdicts, "学籍.csv"))
    assert header[:6] == ("文件", "工作表", "行", "列", "结果", "代码")
    assert line[0] == "学籍.csv"
    assert line[2:6] == (3, "证件号", "退回", "row-bad-check-digit")
    assert "校验位" in line[6]
    assert "check digit" in line[9]
    assert line[8]
    assert line[10]


def test_a_parked_row_says_when_it_will_be_judged_again():
    """T1: the window missed, and the day from which batch 2 takes the row."""
    verdicts = pd.DataFrame(
        {"row": [2], "column": [""], "code": ["T1-late"], "outcome": ["parked"], "value": [""]}
    )
    details = {
        "received": "2019-12-03 00:00:00",
        "window": "2019-11-29 … 2019-12-02",
        "batch": 2,
        "until": "2020-02-17",
    }
    line = lines_of(error_workbook(verdicts, "a.csv", details=details))[1]
    assert line[4] == OUTCOMES_ZH[Outcome.PARKED]
    assert "2019-12-03 00:00:00" in line[6]
    assert "2020-02-17" in line[8]


def test_no_id_number_is_written_whole():
    broken = resident_id()[:17] + "1"
    table = read(csv_file("roster", row_of("roster", id_number=broken)), "roster")
    judged = judge_roster(table.frame, table.row, RosterJudgeContext("110"))
    written = str(lines_of(error_workbook(judged.verdicts, "学籍.csv")))
    assert broken not in written
    assert broken[:6] + "*" * 10 + broken[-2:] in written


@pytest.mark.parametrize("value", ["=cmd()", "+1", "-1", "@x", "\t=1"])
def test_a_value_never_becomes_a_formula_on_the_units_screen(value):
    assert as_text(value).startswith("'")
    verdicts = pd.DataFrame(
        {"row": [2], "column": ["姓名"], "code": ["row-bad-value"], "outcome": ["refused"], "value": [value]}
    )
    assert lines_of(error_workbook(verdicts, "a.csv"))[1][7].startswith("'")


def test_control_characters_in_a_value_do_not_break_the_workbook():
    verdicts = pd.DataFrame(
        {"row": [2], "column": [""], "code": ["unheard-of"], "outcome": ["refused"], "value": ["a\x01b\x0bc"]}
    )
    assert lines_of(error_workbook(verdicts, "a.csv"))[1][7] == "abc"


def test_a_receipt_counts_every_outcome_and_the_next_date():
    zone = ZoneInfo("Asia/Shanghai")
    facts = ReceiptFacts(
        receipt="17",
        season="2020-01",
        branch="110",
        kind="practice",
        filename="成绩.csv",
        sha256="ab",
        received_at=datetime(2019, 12, 3, tzinfo=zone),
        counts={"accepted": 3, "refused": 1, "held": 0, "parked": 2, "duplicate": 0},
        parked_until=datetime(2020, 2, 17, 9, tzinfo=zone),
    )
    lines = dict(csv.reader(io.StringIO(receipt_file(facts).decode("utf-8-sig"))))
    assert lines["读取行数"] == "6"
    assert [lines[OUTCOMES_ZH[outcome]] for outcome in Outcome] == ["3", "1", "0", "2", "0"]
    assert lines["暂存至"].startswith("2020-02-17 09:00")
    assert lines["上报类型"] == "综合实践环节成绩（practice）"
