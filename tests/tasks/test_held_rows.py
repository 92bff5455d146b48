"""Rows that are held for a person are settled by name, and only then may a season close over them (N5)."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.database import reading
from models.event import EVENTS, broken_links
from rules.refusals import Refused
from tasks.held_rows import held_rows, settle_held
from tests.submitted import csv_file
from tests.taken_in import ELSEWHERE, OPEN, SEASON, grade_row, take

CONFLICT = csv_file("practice", grade_row(), grade_row(score_code="90"))
RIGHT = csv_file("practice", grade_row(exam_code="202003", score_code="90"))


@pytest.fixture
def held(enrolled: Path) -> int:
    """The receipt of a file with two rows that are held."""
    return take("practice", CONFLICT).receipt


def waiting() -> list[tuple[int, int, str]]:
    return [(one["receipt"], one["row"], one["code"]) for one in held_rows(SEASON)]


def test_what_is_settled_waits_no_more_and_who_said_so_is_logged(held: int) -> None:
    """N5: no ID number stays in the note."""
    assert waiting() == [(held, 2, "row-conflict"), (held, 3, "row-conflict")]
    later = take("practice", RIGHT).receipt
    assert settle_held(held, [3], "李明", "与 999999199003070020 核实，90 分", OPEN, later) == 1
    assert waiting() == [(held, 2, "row-conflict")]
    assert settle_held(held, [], "李明", "作废", OPEN) == 1
    assert held_rows(SEASON) == []
    with reading() as db:
        said = db.execute(select(EVENTS).where(EVENTS.c.kind == "held-rows-settled")).all()
        assert list(broken_links(db)) == []
    assert [(one.actor, one.count, one.data["corrected_by"]) for one in said] == [
        ("李明", 1, later),
        ("李明", 1, None),
    ]
    assert said[0].data["note"] == "与 999999**********20 核实，90 分"


def test_rows_are_listed_by_season_and_unit(held: int) -> None:
    assert len(held_rows(SEASON, "110")) == len(held_rows()) == 2
    assert held_rows(SEASON, "120") == held_rows("2020-07") == []


@pytest.mark.parametrize("rows", [[4], [2, 4]])
def test_rows_that_do_not_wait_are_refused_and_then_none_is_settled(held: int, rows: list[int]) -> None:
    with pytest.raises(Refused, match="held-none"):
        settle_held(held, rows, "李明", "已核实", OPEN)
    assert len(waiting()) == 2


def test_settling_twice_is_refused(held: int) -> None:
    settle_held(held, [], "李明", "已核实", OPEN)
    with pytest.raises(Refused, match="held-none"):
        settle_held(held, [], "李明", "已核实", OPEN)


@pytest.mark.parametrize(("by", "note"), [(" ", "已核实"), ("李明", " ")])
def test_nobody_settles_without_a_name_and_a_note(held: int, by: str, note: str) -> None:
    with pytest.raises(Refused, match="held-note"):
        settle_held(held, [], by, note, OPEN)


def test_only_a_later_file_of_the_unit_can_have_put_a_row_right(held: int) -> None:
    other = take("practice", csv_file("practice", grade_row(**ELSEWHERE)), branch="130").receipt
    for wrong in (held, other):
        with pytest.raises(Refused, match="held-corrected-by"):
            settle_held(held, [], "李明", "已核实", OPEN, wrong)
    with pytest.raises(Refused, match="submission-unknown"):
        settle_held(999, [], "李明", "已核实", OPEN)


def test_what_a_correction_of_grades_waits_for_is_its_approval(enrolled: Path) -> None:
    take("practice", csv_file("practice", grade_row()))
    changed = take("practice", csv_file("practice", grade_row(score_code="90")))
    assert changed.counts["held"] == 1
    assert held_rows(SEASON) == []
    with pytest.raises(Refused, match="held-none"):
        settle_held(changed.receipt, [], "李明", "已核实", OPEN)
