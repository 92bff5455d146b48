"""Label sheets (N9), read by a decoder that is not ours."""

import pandas as pd
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from rules.labels import label_link, new_tokens, package_code
from tasks.fonts import carried_font, font_chain
from tasks.label_pdf import ACROSS, HEIGHT, QR_SIZE, WIDTH, label_sheet

FONTS = font_chain(str(carried_font()), system=False)
CONTACT = "国家开放大学教务部学籍管理科 010-00000000"


def labels(count: int, base: str = "https://biye.example.edu.cn") -> pd.DataFrame:
    """Labels of the first packages of a season."""
    frame = pd.DataFrame({"link": [label_link(base, token) for token in new_tokens(count)]})
    frame["code"] = [package_code("2020-01", n + 1) for n in range(count)]
    frame["from_name"] = "国家开放大学总部"
    frame["to_name"] = "浙江分部杭州市临安区广播电视大学开放教育学习中心"
    frame["count"] = range(1, count + 1)
    frame["season"], frame["batch"] = "2020-01", 1
    frame["name"], frame["student_no"] = "张三丰", "1711001200001"
    return frame


def pictures(sheet: bytes, dots_per_inch: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(sheet)
    return [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in document]


def decoded(picture: Image.Image) -> list[str]:
    """The QR codes of a picture, top to bottom and left to right."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def test_24_labels_fill_a_page_and_each_decodes_to_its_link() -> None:
    frame = labels(25)
    first, second = pictures(label_sheet(frame, FONTS, CONTACT))
    assert sorted(decoded(first)) == sorted(frame["link"][:24])
    assert decoded(second) == [frame["link"][24]]


@pytest.mark.parametrize(
    "worse",
    [
        lambda p: p.filter(ImageFilter.GaussianBlur(1.5)),
        lambda p: p.rotate(7, expand=True, fillcolor=255),
        lambda p: p.point(lambda grey: 90 + grey // 4),
        lambda p: p.rotate(93, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1)),
    ],
    ids=["blurred", "tilted", "pale", "turned and blurred"],
)
def test_a_label_decodes_from_a_poor_picture(worse: object) -> None:
    assert callable(worse)
    frame = labels(24)
    (page,) = pictures(label_sheet(frame, FONTS, CONTACT), 200)
    assert sorted(decoded(worse(page))) == sorted(frame["link"])


def test_n9_a_label_decodes_blurred_tilted_and_with_15_percent_of_its_code_covered() -> None:
    frame = labels(24)
    (page,) = pictures(label_sheet(frame, FONTS, CONTACT), 200)
    for slot in range(24):
        page.paste(255, covered(slot))
    worse = page.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1))
    assert sorted(decoded(worse)) == sorted(frame["link"])


def covered(slot: int, dots_per_inch: int = 200) -> tuple[int, int, int, int]:
    """A square of 15 % of a label's code, at its right edge, between two of its finders."""
    down, across = divmod(slot, ACROSS)
    side = QR_SIZE * 33 / 41 * 0.15**0.5  # 33 modules and the quiet zone
    right = across * WIDTH + 1 + QR_SIZE * 37 / 41
    top = (down + 0.5) * HEIGHT - side / 2
    dots = [edge / 25.4 * dots_per_inch for edge in (right - side, top, right, top + side)]
    return tuple(map(round, dots))  # type: ignore[return-value]


@pytest.mark.parametrize("dots_per_inch", [150, 600])
def test_n9_the_edges_of_modules_are_sharp_at_any_size(dots_per_inch: int) -> None:
    """The middle of a module has no grey: a printer is given modules, not a blurred picture of them."""
    (page,) = pictures(label_sheet(labels(1), FONTS, CONTACT), dots_per_inch)
    module = QR_SIZE / 41 / 25.4 * dots_per_inch
    left, top = dots_per_inch / 25.4, (HEIGHT - QR_SIZE) / 2 / 25.4 * dots_per_inch
    middles = [
        page.getpixel((round(left + (x + 0.5) * module - 0.5), round(top + (y + 0.5) * module - 0.5)))
        for x in range(4, 37)
        for y in range(4, 37)
    ]
    assert set(middles) <= {0, 255}


def test_n9_a_label_of_a_large_lot_takes_a_fraction_of_a_kilobyte() -> None:
    assert len(label_sheet(labels(480), FONTS, CONTACT)) < 480 * 300


def test_a_label_decodes_with_a_scratch_across_it() -> None:
    frame = labels(1)
    (page,) = pictures(label_sheet(frame, FONTS, CONTACT), 200)
    page.paste(255, (80, 120, 140, 132))
    assert decoded(page) == frame["link"].tolist()


def test_a_long_address_still_decodes() -> None:
    frame = labels(3, "https://graduation-certificates.open-university.example.edu.cn:8443/biye/tracking")
    (page,) = pictures(label_sheet(frame, FONTS, CONTACT), 200)
    assert sorted(decoded(page)) == sorted(frame["link"])


def test_a_label_says_code_units_count_season_and_contact_and_nothing_of_a_person() -> None:
    frame = labels(2)
    page = pypdfium2.PdfDocument(label_sheet(frame, FONTS, CONTACT))[0]
    text = "".join(page.get_textpage().get_text_range().split())
    for fact in (frame["code"][1], "国家开放大学总部", "杭州市临安区", "毕业证书2本", "2020-01季第1批"):
        assert fact in text
    assert CONTACT.replace(" ", "") in text
    assert not any(private in text for private in ("张三丰", "1711001200001"))


def test_text_stays_inside_its_label() -> None:
    page = pypdfium2.PdfDocument(label_sheet(labels(1), FONTS, CONTACT * 3))[0]
    text = page.get_textpage()
    right = max(text.get_charbox(place)[2] for place in range(text.count_chars()))
    assert right <= 70 / 25.4 * 72


def test_no_labels_make_a_sheet_without_pages_no_error() -> None:
    assert label_sheet(labels(0), FONTS, CONTACT).startswith(b"%PDF")
