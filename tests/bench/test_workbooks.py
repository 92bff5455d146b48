"""Workbooks beside a plain reader: both sides see the same rows."""

import pytest

from bench import workbooks
from bench.measure import SidesDiffer
from tests.submitted import row_of, xlsx_file


def test_both_sides_read_every_row() -> None:
    data = xlsx_file("final-exam", *(row_of("final-exam", attempt=str(n)) for n in range(1, 8)))
    assert workbooks.check("final-exam", data) == 7


def test_sides_that_saw_different_rows_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "read_plainly", lambda _: 3)
    with pytest.raises(SidesDiffer, match="final-exam"):
        workbooks.check("final-exam", xlsx_file("final-exam"))
