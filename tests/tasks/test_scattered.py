"""Scattered submissions from their bytes to the receipt, the list and the board of the day (N3)."""

from datetime import timedelta
from pathlib import Path

from models.settings import settings
from tasks.submission_view import list_submissions, show_submission
from tasks.today import today
from tests.submitted import csv_file
from tests.taken_in import OPEN, Seen, grade_row, take


def sent(count: int, rows: int = 1) -> list[Seen]:
    """So many files of so many rows, some hours apart, each with grades of its own."""
    return [
        take(
            "practice",
            csv_file("practice", *(grade_row(attempt=str(rows * n + m + 1)) for m in range(rows))),
            when=OPEN + timedelta(hours=n),
        )
        for n in range(count)
    ]


def receipt_file_of(receipt: int) -> str:
    return (settings().root / "out" / "110" / f"回执-{receipt:06d}.csv").read_text(encoding="utf-8-sig")


def test_n3_the_unit_reads_the_warning_in_its_receipt_and_nothing_is_blocked(enrolled: Path) -> None:
    seen = sent(6)
    assert all(one.counts["accepted"] == 1 for one in seen)
    assert ["N3-scattered" in receipt_file_of(one.receipt) for one in seen] == [False] * 5 + [True]
    assert "1 天内 6 份，每份 1 行，间隔 0 天" in receipt_file_of(seen[-1].receipt)
    assert any("N3-scattered" in line for line in show_submission(seen[-1].receipt).warnings)


def test_n3_an_operator_sees_who_it_was_in_the_list_and_on_the_day(enrolled: Path) -> None:
    seen = sent(6)
    marked = {one["receipt"] for one in list_submissions() if one["scattered"]}
    assert marked == {one.receipt for one in seen}
    (unit,) = today(OPEN + timedelta(days=1)).scattered
    assert (unit.branch, unit.kind, unit.files, unit.sizes, unit.gaps) == (
        "110",
        "practice",
        6,
        (1, 1),
        (0, 0),
    )
    assert today(OPEN + timedelta(days=20)).scattered == [], "the next file would be the first of its kind"


def test_n3_concentrated_data_are_warned_of_by_nobody(enrolled: Path) -> None:
    sent(3, rows=20)
    assert not any(one["scattered"] for one in list_submissions())
    assert today(OPEN + timedelta(days=1)).scattered == []
