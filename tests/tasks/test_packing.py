"""N3, N9: a lot's printed certificates are put into packages; N2: what is held stays behind."""

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import func, update

from models.case import Hold
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.settings import settings
from rules.labels import label_link, parse_code
from rules.states import Certificate, Custody
from tasks.package_sheets import labels_and_lists
from tasks.packing import pack_lot
from tests.printed_lots import PACKED, cases, hold, installation, printed_lot, rows_of, shipped_reference
from tests.rules.policy_packs import january_2020

EAST, WEST = "1100201", "1100301"


pytestmark = pytest.mark.usefixtures(installation.__name__)


def test_packages_hold_one_centre_each_at_most_fifty_in_order_of_arrival() -> None:
    """N3: FIFO by position; packages in the order of their first certificate."""
    lot = printed_lot([WEST, *[EAST] * 51, WEST])
    packages = pack_lot(lot, PACKED, january_2020())
    found = rows_of(Package)
    assert packages == [row["id"] for row in found]
    assert [(row["centre"], row["certificates"]) for row in found] == [(WEST, 2), (EAST, 50), (EAST, 1)]
    assert [case["package_id"] for case in cases()] == [1, *[2] * 50, 3, 1]
    assert {(case["certificate"], case["custody"]) for case in cases()} == {("packed", "at-hq")}
    assert {(row["custody"], row["holder"], row["expected"]) for row in found} == {("at-hq", "010", None)}


def test_codes_rise_over_the_season_without_gaps_and_tokens_differ() -> None:
    for part in (1, 2):
        pack_lot(printed_lot([EAST, WEST], part=part, first=part * 10), PACKED, january_2020())
    found = rows_of(Package)
    assert [parse_code(row["code"])[:-2] for row in found] == [f"202001-{n:06d}" for n in range(1, 5)]
    assert len({row["token"] for row in found}) == 4


def test_a_certificate_held_on_dispatch_stays_behind_and_stops_nobody() -> None:
    """N2: it comes into a package of its own when its hold is released."""
    lot = printed_lot([EAST] * 3)
    held = hold(2, "dispatch")
    pack_lot(lot, PACKED, january_2020())
    assert [case["certificate"] for case in cases()] == ["packed", "printed", "packed"]
    with transaction() as db:
        db.execute(update(table_of(Hold)).where(table_of(Hold).c.id == held).values(released_at=func.now()))
    assert pack_lot(lot, PACKED, january_2020()) == [2]
    assert [case["package_id"] for case in cases()] == [1, 2, 1]


def test_a_hold_on_another_track_does_not_keep_a_certificate_from_its_package() -> None:
    lot = printed_lot([EAST])
    hold(1, "hand-over", "dispute")
    assert pack_lot(lot, PACKED, january_2020()) == [1]


@pytest.mark.parametrize(
    "state", [Certificate.NONE, Certificate.NUMBERED, Certificate.AT_PARTNER, Certificate.VOIDED]
)
def test_what_is_not_a_good_sheet_is_not_packed(state: Certificate) -> None:
    assert pack_lot(printed_lot([EAST], certificate=state), PACKED, january_2020()) == []
    assert cases()[0]["custody"] == Custody.NONE


def test_a_sealed_certificate_is_packed_like_a_printed_one() -> None:
    """N2: sealed and returned."""
    assert pack_lot(printed_lot([EAST], certificate=Certificate.SEALED), PACKED, january_2020()) == [1]


def test_packing_twice_packs_nothing_twice() -> None:
    lot = printed_lot([EAST] * 3)
    assert pack_lot(lot, PACKED, january_2020()) == [1]
    assert pack_lot(lot, PACKED, january_2020()) == []
    assert [row["certificates"] for row in rows_of(Package)] == [3]


def test_only_the_lot_asked_for_is_packed() -> None:
    printed_lot([EAST], part=1)
    other = printed_lot([WEST], part=2, first=10)
    pack_lot(other, PACKED, january_2020())
    assert [case["certificate"] for case in cases()] == ["printed", "packed"]


def test_labels_decode_to_the_links_of_the_packages_and_lists_name_their_students() -> None:
    """N9: read by a decoder that is not ours."""
    lot = printed_lot([EAST, WEST])
    pack_lot(lot, PACKED, january_2020())
    sheets = labels_and_lists(lot, january_2020(), shipped_reference())
    assert sheets is not None
    picture = pypdfium2.PdfDocument(sheets.labels)[0].render(scale=150 / 72).to_pil().convert("L")
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    links = [label_link(settings().label_base_url, row["token"]) for row in rows_of(Package)]
    assert sorted(code.text for code in found) == sorted(links)
    lists = pypdfium2.PdfDocument(sheets.lists)
    assert len(lists) == 2
    for page, package, case in zip(lists, rows_of(Package), cases(), strict=True):
        text = page.get_textpage().get_text_range()
        assert package["code"] in text
        assert case["number"] in text
        assert "nan" not in text
        assert "数学与应用数学" in text


def test_labels_can_be_printed_for_some_packages_only() -> None:
    lot = printed_lot([EAST, WEST])
    pack_lot(lot, PACKED, january_2020())
    sheets = labels_and_lists(lot, january_2020(), shipped_reference(), only=[2])
    assert sheets is not None
    assert len(pypdfium2.PdfDocument(sheets.lists)) == 1


def test_a_lot_without_packages_has_nothing_to_print() -> None:
    lot = printed_lot([EAST], certificate=Certificate.NUMBERED)
    assert labels_and_lists(lot, january_2020(), shipped_reference()) is None
