"""N2: printed → list to the partner → sealed and returned → packed and sent; the student sees why."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from biye.cli.case_page import case_page
from models import archive
from models.certificate import CertificateSheet
from models.event import Event
from models.seal import SealList, SealRow
from models.spoiled import SpoiledSheet
from rules.refusals import Refused
from rules.season import Pack
from rules.sheets import SpoilReason
from tasks.case_view import case_view
from tasks.certificate_due import batches_due
from tasks.dispatch import send_lot
from tasks.packing import pack_lot
from tasks.policy import adopt_pack
from tasks.seal import SealSent, let_print, return_sealed, send_for_seal
from tasks.seal_view import seal_lists, seals_waiting
from tasks.spoil import spoil
from tests.rules.policy_packs import SHIPPED, january_2020, pack_with
from tests.tasks.graduates import MATHEMATICS, SEASON, column, open_holds, reference, rows_of, season
from tests.tasks.test_certificate import LATER, place, print_now, ready

pytestmark = pytest.mark.usefixtures(season.__name__)
PARTNER, AWAY, BACK = "合作高校甲", LATER + timedelta(days=1), LATER + timedelta(days=20)


@pytest.fixture(autouse=True)
def _in_force(season: None) -> None:
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, LATER)


def printed() -> tuple[int, list[int]]:
    """A lot with two certificates that need the seal and one that does not."""
    lot, ids = ready(*({**one, "centre": "1100201"} for one in (MATHEMATICS, {}, MATHEMATICS)))
    print_now(lot)
    return lot, ids


def sent(target: str = PARTNER) -> SealSent:
    (one,) = send_for_seal(target, "周印", AWAY, reference())
    return one


def numbers() -> dict[int, str]:
    return {row["case_id"]: row["number"] for row in rows_of(CertificateSheet)}


def test_what_is_printed_and_waits_goes_to_its_partner_on_a_list() -> None:
    lot, (first, other, second) = printed()
    (waiting,) = seals_waiting(SEASON)
    assert (waiting.partner, waiting.lot, waiting.to_send, waiting.away) == (PARTNER, lot, 2, 0)
    assert sent().certificates == 2
    assert column("certificate") == {first: "at-partner", other: "printed", second: "at-partner"}
    assert {row["case_id"] for row in rows_of(SealRow)} == {first, second}
    assert seals_waiting(SEASON)[0].away == 2
    assert rows_of(Event)[-1]["kind"] == "certificate-at-partner"


def test_the_list_is_a_workbook_and_a_paper_to_sign_with_every_certificate() -> None:
    printed()
    files = [Path(file) for file in sent().files]
    assert [file.suffix for file in files] == [".xlsx", ".pdf"]
    (row,) = rows_of(SealList)
    assert files[0].read_bytes() == archive.fetch(row["workbook"])
    cells = [cell for line in load_workbook(files[0]).active.values for cell in line if cell]
    text = "".join(PdfReader(io.BytesIO(archive.fetch(row["document"]))).pages[0].extract_text().split())
    for row in rows_of(SealRow):
        assert row["number"] in cells
        assert row["number"] in text
    assert PARTNER in text
    assert "合作高校签收" in text
    assert "合计 2 本" in cells


@pytest.mark.parametrize("by_lot", [True, False])
def test_a_list_is_made_once_by_partner_or_by_lot(by_lot: bool) -> None:
    lot, _ = printed()
    sent(str(lot) if by_lot else PARTNER)
    with pytest.raises(Refused) as refused:
        sent(PARTNER)
    assert refused.value.code == "seal-nothing"
    assert len(rows_of(SealList)) == 1


def test_only_what_is_sealed_and_returned_is_packed_and_dispatched() -> None:
    lot, (first, other, second) = printed()
    assert pack_lot(lot, AWAY, january_2020()) == [1]
    made = sent()
    assert pack_lot(lot, AWAY, january_2020()) == []
    still_away = numbers()[second]
    counts = return_sealed(made.list_id, "周印", BACK, excepted=[still_away])
    assert counts == {"sealed": 1, "missing": 0, "damaged": 0, "away": 1}
    assert column("certificate") == {first: "sealed", other: "packed", second: "at-partner"}
    assert batches_due(SEASON) == [1]
    assert pack_lot(lot, BACK, january_2020()) == [2]
    send_lot(lot, january_2020(), reference(), BACK)
    assert column("custody") == {first: "in-transit", other: "in-transit", second: "none"}
    assert return_sealed(made.list_id, "周印", BACK)["sealed"] == 1
    assert [(row["away"], row["sealed"]) for row in seal_lists(SEASON)] == [(0, 2)]
    assert pack_lot(lot, BACK, january_2020()) == [3]


def test_taking_a_list_back_again_changes_nothing() -> None:
    printed()
    made = sent()
    return_sealed(made.list_id, "周印", BACK)
    before = [rows_of(table) for table in (SealRow, Event)]
    counts = return_sealed(made.list_id, "周印", BACK)
    assert counts == {"sealed": 0, "missing": 0, "damaged": 0, "away": 0}
    assert [rows_of(table) for table in (SealRow, Event)] == before


def test_what_is_missing_or_damaged_on_return_enters_the_ledger_and_goes_the_whole_way_again() -> None:
    """R2, Readings 9: the same number, another sheet, another list."""
    lot, (first, _, second) = printed()
    before, made = numbers(), sent()
    return_sealed(made.list_id, "周印", BACK, missing=[before[first]], damaged=[before[second]])
    assert [(row["reason"], row["place"]) for row in rows_of(SpoiledSheet)] == [
        ("lost", "at-partner"),
        ("damaged", "at-partner"),
    ]
    assert print_now(lot)["printed"] == 2
    assert numbers() == before
    assert pack_lot(lot, BACK, january_2020()) == [1]  # only who needs no seal
    again = sent()
    assert (again.list_id, again.certificates) == (2, 2)
    return_sealed(2, "周印", BACK)
    assert len(pack_lot(lot, BACK, january_2020())) == 1


def test_a_sheet_spoiled_after_it_was_sealed_waits_for_the_seal_again() -> None:
    lot, (first, *_) = printed()
    return_sealed(sent().list_id, "周印", BACK)
    pack_lot(lot, BACK, january_2020())
    spoil(numbers()[first], SpoilReason.DAMAGED, "钱印", BACK)
    assert (first, "dispatch", "partner-seal", "N2") in open_holds()
    print_now(lot)
    assert pack_lot(lot, BACK, january_2020()) == []
    assert seals_waiting(SEASON)[0].to_send == 1


def test_a_sheet_spoiled_while_it_is_away_is_no_longer_expected_back() -> None:
    _, (first, *_) = printed()
    made = sent()
    spoil(numbers()[first], SpoilReason.LOST, "钱印", BACK)
    assert return_sealed(made.list_id, "周印", BACK)["sealed"] == 1
    assert column("certificate")[first] == "numbered"


def waits() -> Pack:
    """The shipped season, with a partner before whom nothing is printed."""
    return pack_with(partner_seal__0__printing="waits")


def test_where_printing_waits_it_goes_on_only_when_it_is_let() -> None:
    lot, (one,) = ready(MATHEMATICS)
    pack = waits()
    place(lot, pack)
    assert print_now(lot, pack)["printed"] == 0
    assert seals_waiting(SEASON)[0].to_let == 1
    assert let_print(PARTNER, "周印", LATER) == 1
    assert print_now(lot, pack)["printed"] == 1
    assert open_holds() == {(one, "dispatch", "partner-seal", "N2")}
    assert sent().certificates == 1


def test_the_student_sees_what_the_certificate_waits_for() -> None:
    printed()
    made = sent()
    page = "\n".join(case_page(case_view("1711014000001", BACK)))
    assert f"待合作高校盖章 partner-seal，暂停证书发出 stops dispatch（N2） {PARTNER}" in page
    assert f"送 {PARTNER} 盖章 sent to be sealed（N2）：尚未返回 away" in page
    return_sealed(made.list_id, "周印", BACK)
    assert "已盖章返回 sealed" in "\n".join(case_page(case_view("1711014000001", BACK)))


@pytest.mark.parametrize(
    ("list_id", "by", "code"), [(9, "周", "seal-list-unknown"), (1, "", "sheet-nameless")]
)
def test_an_unknown_list_or_a_return_by_nobody_is_refused(list_id: int, by: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        return_sealed(list_id, by, BACK)
    assert refused.value.code == code
