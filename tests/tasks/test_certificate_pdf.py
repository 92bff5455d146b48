"""Print files of certificates (R2): what they say can be read back by two readers that are not ours."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from rules.refusals import Refused
from tasks.certificate_pdf import print_certificates, printed_texts
from tasks.fonts import Font, carried_font, font_chain, missing_glyphs

CARRIED = font_chain(str(carried_font()), system=False)
FULL = font_chain("")
RARE = "䶮𬭊𬭎"


def photo(colour: str = "steelblue") -> bytes:
    """A JPEG as the registry wants it."""
    out = BytesIO()
    Image.new("RGB", (480, 640), colour).save(out, "JPEG")
    return out.getvalue()


def rows(*names: str, **changed: object) -> pd.DataFrame:
    """Certificates of these names, numbered from 1."""
    common = {
        "sex": "女",
        "birth_date": date(1990, 1, 2),
        "programme": "公共事业管理",
        "direction": "教育管理",
        "level": "本科",
        "school_years": 2.5,
        "study_from": "201709",
        "study_to": "2020-01",
        "school_name": "国家开放大学",
        "principal": "荆某某",
        "graduation_date": date(2020, 1, 15),
        "issue_date": date(2020, 1, 20),
    }
    each = [
        {"case_id": n, "number": f"511618202005{n:06d}", "name": name, **common, **changed}
        for n, name in enumerate(names, start=1)
    ]
    return pd.DataFrame(each)


def printed(frame: pd.DataFrame, fonts: tuple[Font, ...] = CARRIED) -> bytes:
    out = BytesIO()
    print_certificates(frame, lambda _: photo(), fonts, out)
    return out.getvalue()


def texts_of(document: bytes) -> list[str]:
    """The text of each page, once both readers agree on its characters."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
    others = [page.extract_text() for page in PdfReader(BytesIO(document)).pages]
    for one, other in zip(pages, others, strict=True):
        assert sorted("".join(one.split())) == sorted("".join(other.split()))
    return ["".join(page.split()) for page in pages]


def test_the_page_says_who_graduated_in_what_and_when() -> None:
    (text,) = texts_of(printed(rows("张三")))
    for fact in (
        "毕业证书",
        "学生张三性别女，1990年1月2日生",
        "于2017年9月至2020年1月在本校公共事业管理（教育管理）专业本科学习",
        "学制2.5年",
        "成绩合格，准予毕业。",
        "国家开放大学",
        "荆某某",
        "511618202005000001",
        "毕业日期：二〇二〇年一月十五日",
        "发证日期：二〇二〇年一月二十日",
    ):
        assert fact in text


def test_certificates_lie_in_the_order_of_the_rows() -> None:  # N3
    pages = texts_of(printed(rows("赵一", "钱二", "孙三")))
    assert [name in page for name, page in zip(("赵一", "钱二", "孙三"), pages, strict=True)] == [True] * 3


@pytest.mark.skipif(
    bool(missing_glyphs(pd.Series([RARE]), FULL).item()), reason="no font here has 䶮, 𬭊 and 𬭎"
)
def test_rare_characters_are_drawn_and_read_back() -> None:  # R2
    names = ["李䶮", "王𬭊", "王𬭎"]
    document = printed(rows(*names, "王中"), FULL)
    assert [name for name, page in zip(names, texts_of(document), strict=False) if name in page] == names
    pictures = [_ink(document, page) for page in range(4)]
    assert min(abs(pictures[page] - pictures[3]) for page in (1, 2)) > 50, "the rare character left no ink"


def test_a_character_beyond_the_first_font_comes_from_the_next() -> None:
    latin_only = Font(carried_font(), frozenset(map(ord, "0123456789.")))
    text = texts_of(printed(rows("张三"), (latin_only, *CARRIED)))[0]
    assert "1990年1月2日生" in text


def test_a_character_that_no_font_has_is_refused_not_left_out() -> None:
    with pytest.raises(Refused) as refused:
        printed(rows("李\U000fffff"))
    assert refused.value.code == "glyph-missing"
    assert "U+FFFFF" in str(refused.value)


def test_what_is_to_be_checked_for_glyphs_holds_every_varying_text() -> None:
    assert printed_texts(rows("李䶮", direction=None)).tolist() == [
        "李䶮女公共事业管理本科国家开放大学荆某某"
    ]


def test_the_photo_goes_in_byte_for_byte() -> None:
    assert photo() in printed(rows("张三"))


def test_a_certificate_without_its_photo_is_refused_and_nothing_is_written(tmp_path: Path) -> None:  # R1
    out = tmp_path / "certificates.pdf"
    with pytest.raises(Refused) as refused:
        print_certificates(rows("张三", "李四"), {1: photo()}.get, CARRIED, out)
    assert (refused.value.code, refused.value.where) == ("R1-photo-missing", {"case_id": 2})
    assert list(tmp_path.iterdir()) == []


def test_a_photo_that_is_no_picture_is_refused_by_its_case() -> None:  # R1
    with pytest.raises(Refused) as refused:
        print_certificates(rows("张三"), lambda _: b"no picture", CARRIED, BytesIO())
    assert (refused.value.code, refused.value.where) == ("R1-photo-unreadable", {"case_id": 1})


@pytest.mark.parametrize("column", ["name", "number", "principal", "graduation_date"])
@pytest.mark.parametrize("nothing", [None, "  "])
def test_an_empty_fact_is_refused_by_row_and_column(column: str, nothing: str | None) -> None:
    frame = rows("张三", "李四").astype({column: "object"})
    frame.loc[1, column] = nothing
    with pytest.raises(Refused) as refused:
        printed(frame)
    assert (refused.value.code, refused.value.where["row"], refused.value.where["column"]) == (
        "cell-missing",
        2,
        column,
    )


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    print_certificates(rows("张三"), lambda _: photo(), CARRIED, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == printed(rows("张三"))


def test_a_long_name_and_programme_stay_inside_the_page() -> None:
    frame = rows("阿卜杜热合曼·买买提依明·阿不都外力", programme="计" * 22, direction="方" * 10)
    page = pypdfium2.PdfDocument(printed(frame))[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    assert max(box[2] for box in boxes) < page.get_width() - 40
    body = [box[1] for box in boxes if box[1] > 0]
    assert min(body) > 40


def _ink(document: bytes, page: int) -> int:
    """How many dark pixels a page has."""
    picture = pypdfium2.PdfDocument(document)[page].render(scale=2).to_pil().convert("L")
    return sum(picture.histogram()[:100])
