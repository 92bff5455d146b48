"""Kinds of file, and the table of reasons why files and rows are not taken."""

import re
import string
from pathlib import Path

import pytest

import rules.photos  # registers the reasons of photos
import rules.refusals_files  # registers the reasons of files
from rules.grades import ScoreSheet, judge_grades
from rules.refusals import REASONS
from rules.refusals_rows import OUTCOME_OF
from rules.submission import KINDS, Kind, Outcome, no_verdicts
from tests.submitted import csv_file, grade_context, read, row_of

WHOLE_FILES = [code for code, reason in REASONS.items() if reason.remedy_zh.startswith("原文件已原样留存")]
OURS = sorted([*WHOLE_FILES, *OUTCOME_OF])
SENT = {"file", "sheet", "row", "column", "value", "kind", "offset", "size", "cap", "found"}


@pytest.mark.parametrize("code", OURS)
def test_every_reason_has_both_languages_a_remedy_and_known_details(code):
    reason = REASONS[code]
    texts = (reason.zh, reason.en, reason.remedy_zh, reason.remedy_en)
    assert all(texts)
    assert {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name} <= SENT
    assert any("\u4e00" <= char <= "\u9fff" for char in reason.zh)


def test_every_code_that_is_raised_for_files_and_rows_is_registered():
    root = Path(rules.photos.__file__).parents[1]
    sources = [
        path.read_text("utf-8") for layer in ("rules", "tasks") for path in (root / layer).glob("*.py")
    ]
    ours = [text for text in sources if "refused_file(" in text or "rules.verdicts" in text]
    raised = {code for text in ours for code in re.findall(r'"((?:row|file)-[a-z0-9-]+)"', text)}
    assert len(raised) > 40
    assert raised <= set(REASONS)


def test_parking_has_the_windows_own_code():
    assert Outcome.PARKED not in OUTCOME_OF.values()


def test_every_kind_has_a_spec_and_caps_by_kind():
    assert set(KINDS) == set(Kind)
    assert KINDS["photos"].cap == 2 << 30
    assert KINDS["practice"].cap == 50 << 20


def test_headings_of_a_kind_are_unambiguous():
    for spec in KINDS.values():
        names: dict[str, str] = {}
        for column in spec.columns:
            for heading in (column.heading, *column.aliases):
                assert names.setdefault(heading.casefold(), column.name) == column.name


def test_rows_that_could_not_be_read_count_among_the_rows_read():
    text = csv_file("final-exam", row_of("final-exam"), encoding="utf-8").decode() + "1,2\r\n"
    table = read(text.encode())
    judged = judge_grades(ScoreSheet(table.columns, table.row), grade_context()).with_reading(
        table.verdicts, table.notes
    )
    assert judged.rows_read == table.rows_read == 2
    assert judged.counts() == {"accepted": 1, "refused": 1, "held": 0, "parked": 0, "duplicate": 0}
    assert list(judged.verdicts.columns) == list(no_verdicts().columns)
