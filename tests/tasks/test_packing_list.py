"""Packing lists to sign (N9: the paper way)."""

from io import BytesIO

import pandas as pd
import pypdfium2
import pytest
from pypdf import PdfReader

from rules.refusals import Refused
from tasks.fonts import carried_font, font_chain
from tasks.packing_list import ROWS_A_PAGE, Parcel, packing_list, packing_lists

FONTS = font_chain(str(carried_font()), system=False)
PARCEL = Parcel(
    "202001-000042-Y", "2020-01", 1, "国家开放大学总部", "浙江分部临安学习中心", "电话 010-00000000"
)


def rows(count: int, **changed: object) -> pd.DataFrame:
    """Students of one package; every third is a short-cycle graduate."""
    each = [
        {
            "student_no": f"1733001{n:06d}",
            "name": f"张{'甲乙丙丁'[n % 4]}",
            "programme": "公共事业管理",
            "direction": "教育管理" if n % 2 else None,
            "level": "专科" if n % 3 == 0 else "本科",
            "number": f"511618202005{n:06d}",
            **changed,
        }
        for n in range(1, count + 1)
    ]
    return pd.DataFrame(each, columns=["student_no", "name", "programme", "direction", "level", "number"])


def pages(document: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(document)).pages]


def test_the_list_has_every_heading_every_student_and_the_totals() -> None:
    (text,) = pages(packing_list(PARCEL, rows(7), FONTS))
    for heading in ("序号", "学号", "姓名", "专业", "层次", "证书编号", "签名", "日期", "制表人", "审核人"):
        assert heading in text
    for place in range(1, 8):
        assert f"{place}1733001{place:06d}张" in text
        assert f"511618202005{place:06d}" in text
    assert "公共事业管理（教育管理）" in text
    assert "合计7本（专科2本，本科5本）" in text
    for fact in (
        "202001-000042-Y",
        "国家开放大学总部",
        "浙江分部临安学习中心",
        "2020-01季第1批",
        "第1页共1页",
    ):
        assert fact in text


def test_a_full_package_of_50_takes_two_numbered_pages_and_one_total() -> None:
    texts = pages(packing_list(PARCEL, rows(50), FONTS))
    assert ["第1页共2页" in texts[0], "第2页共2页" in texts[1]] == [True, True]
    assert ["合计" in text for text in texts] == [False, True]
    assert all("证书编号" in text for text in texts)


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (1, 1), (ROWS_A_PAGE, 1), (ROWS_A_PAGE + 1, 2)])
def test_no_page_is_left_without_rows(count: int, expected: int) -> None:
    assert len(pages(packing_list(PARCEL, rows(count), FONTS))) == expected


def test_lists_of_many_packages_count_their_own_pages() -> None:
    second = Parcel("202001-000043-V", "2020-01", 1, "国家开放大学总部", "江苏分部")
    texts = pages(packing_lists([(PARCEL, rows(50)), (second, rows(3))], FONTS))
    assert [text.count("页共2页") for text in texts] == [1, 1, 0]
    assert "江苏分部" in texts[2]
    assert "第1页共1页" in texts[2]


def test_a_long_name_stays_whole_and_inside_its_cell() -> None:
    name = "阿卜杜热合曼·买买提依明·阿不都外力"
    document = packing_list(PARCEL, rows(1, name=name, programme="计" * 25), FONTS)
    text = pypdfium2.PdfDocument(document)[0].get_textpage()
    assert name in "".join(text.get_text_range().split())
    start = text.get_text_range().index(name)
    assert text.get_charbox(start)[0] >= (10 + 10 + 27) / 25.4 * 72
    assert text.get_charbox(start + len(name) - 1)[2] <= (10 + 10 + 27 + 25) / 25.4 * 72


def test_a_character_that_no_font_has_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        packing_list(PARCEL, rows(1, name="李\U000fffff"), FONTS)
    assert refused.value.code == "glyph-missing"
