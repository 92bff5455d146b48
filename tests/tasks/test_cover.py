"""Estimates of covers from the unit's file to the summary that HQ orders from (N6)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from models.database import transaction
from models.reference import read_reference
from rules.reference import Reference
from rules.refusals import Refused
from rules.senders import check_sender
from tasks.answering import answer
from tasks.cover import ESTIMATES, cover_standings, silent_units
from tasks.cover_papers import write_reminders, write_summary
from tasks.intake import take_in
from tasks.receiving import SUBMISSIONS, receive
from tests.rules.policy_packs import GONE, SHIPPED, january_2020, pack_with
from tests.submitted import csv_file, xlsx_file
from tests.tasks.lots import SEASON, STUDENTS, at, events, installation, make_case, make_lot, rows

__all__ = ["installation"]
pytestmark = pytest.mark.usefixtures("installation")
PACK, NOON = january_2020(), at("2019-12-10")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(SHIPPED.parent / "reference")


def row(level: str, quantity: int, note: str = "") -> dict[str, str]:
    return {"level": level, "quantity": str(quantity), "note": note}


def sent(reference: Reference, *estimates: dict[str, str], when: datetime = NOON, **own: Any) -> int:
    unit, pack = own.get("unit", "130"), own.get("pack", PACK)
    made = xlsx_file if own.get("xlsx") else csv_file
    data = made("cover-estimate", *estimates)
    receipt = receive(SEASON, "cover-estimate", unit, "封皮征订", data, when)
    take_in(receipt, pack, reference, when)
    return receipt


def graduates(count: int) -> None:
    lot_id = make_lot()
    for _ in range(count):
        make_case(lot_id, "approved")
    with transaction() as db:
        db.execute(update(STUDENTS).values(level="本科"))


def seen(pack: Any = PACK) -> list[tuple[object, ...]]:
    found = cover_standings(pack)
    return [(one.unit, one.level, one.estimate, one.graduates, one.difference, one.state) for one in found]


@pytest.mark.parametrize("xlsx", [False, True])
def test_n6_estimates_stand_beside_the_approved_graduates_of_their_unit(
    reference: Reference, xlsx: bool
) -> None:
    graduates(10)
    sent(reference, row("本科", 12), row("专科", 3), xlsx=xlsx)
    assert seen() == [("130", "专科", 3, 0, None, "open"), ("130", "本科", 12, 10, 20.0, "explain")]


def test_n6_the_latest_estimate_counts_and_the_earlier_one_is_kept(reference: Reference) -> None:
    graduates(10)
    sent(reference, row("本科", 12))
    sent(reference, row("本科", 13, "备用"), when=at("2019-12-12"))
    assert seen() == [("130", "本科", 13, 10, 30.0, "explained")]
    assert [one.quantity for one in rows(ESTIMATES)] == [12, 13]


def test_n6_what_says_the_same_as_the_standing_estimate_is_a_duplicate(reference: Reference) -> None:
    sent(reference, row("本科", 12))
    again = sent(reference, row("本科", 12), row("专科", 1))
    (submission,) = rows(SUBMISSIONS, id=again)
    assert (submission.accepted, submission.duplicate, submission.rows_read) == (1, 1, 2)
    take_in(again, PACK, reference, NOON)
    assert len(rows(ESTIMATES)) == 2


def test_n6_a_unit_with_students_and_no_estimate_is_to_be_reminded(reference: Reference) -> None:
    make_case(None)
    assert silent_units(PACK, NOON) == ["130"]
    assert seen() == [("130", "", None, 0, None, "missing")]
    assert silent_units(PACK, at("2020-07-01")) == []
    sent(reference, row("本科", 1))
    assert silent_units(PACK, NOON) == []


def test_n6_a_level_with_graduates_and_no_estimate_is_missing(reference: Reference) -> None:
    graduates(2)
    sent(reference, row("专科", 1))
    assert ("130", "本科", None, 2, None, "missing") in seen()


def test_n6_letters_go_to_units_that_owe_something_and_once_a_day_into_the_log(
    reference: Reference, tmp_path: Path
) -> None:
    graduates(10)
    for _ in range(2):
        (letter,) = write_reminders(PACK, reference, tmp_path / "letters", NOON, "李提醒")
    text = letter.read_text(encoding="utf-8")
    assert letter.name == "封皮征订提醒-130.txt"
    assert "尚未收到本科征订数量（已审批毕业生 10 人）" in text
    (event,) = events("cover-reminded")
    assert (event.actor, event.data) == ("李提醒", {"day": "2019-12-10", "units": ["130"]})
    sent(reference, row("本科", 10))
    assert write_reminders(PACK, reference, tmp_path / "letters", NOON, "李提醒") == []


def test_n6_the_summary_lists_each_unit_and_adds_up_by_level(reference: Reference, tmp_path: Path) -> None:
    graduates(10)
    sent(reference, row("本科", 12, "=1+1"), row("专科", 3))
    sent(reference, row("本科", 5), unit="110")
    write_summary(PACK, reference, tmp_path / "封皮汇总表.xlsx")
    page = openpyxl.load_workbook(tmp_path / "封皮汇总表.xlsx").active
    lines = list(page.iter_rows(values_only=True))
    assert lines[0][:4] == ("单位代码", "单位名称", "层次", "征订数量")
    assert (lines[3][0], *lines[3][2:]) == ("130", "本科", 12, 10, 20, "已说明", "'=1+1")
    assert [line[2:5] for line in lines[-2:]] == [("专科", 3, 0), ("本科", 17, 10)]


def test_n6_a_season_without_covers_refuses_the_file_and_the_list(reference: Reference) -> None:
    off = pack_with(covers=GONE)
    make_case(None)
    receipt = sent(reference, row("本科", 1), pack=off)
    assert rows(SUBMISSIONS, id=receipt)[0].code == "pack-kind-off"
    assert silent_units(off, NOON) == []
    with pytest.raises(Refused) as refusal:
        cover_standings(off)
    assert refusal.value.code == "covers-off"


def test_n6_a_late_estimate_is_taken_and_its_unit_told_so(reference: Reference, biye_home: Path) -> None:
    dated = pack_with(**{"dates__cover-estimates__day": "2019-12-01"})
    receipt = sent(reference, row("本科", 1), pack=dated)
    assert rows(SUBMISSIONS, id=receipt)[0].accepted == 1
    answer(receipt, dated)
    told = "".join(file.read_text(encoding="utf-8-sig") for file in (biye_home / "out" / "130").glob("*.csv"))
    assert "2019-12-01 24:00" in told


def test_n6_hq_names_whose_estimate_it_sends() -> None:
    with pytest.raises(Refused) as refusal:
        check_sender("cover-estimate", "010", {"010", "130"})
    assert refusal.value.code == "sender-not-hq"
