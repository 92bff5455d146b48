"""Both sides of the bench of labels draw the same labels (N9); how fast is not asked here."""

import pypdfium2
import zxingcpp

from bench.labels import CONTACT, figures, labels
from bench.plain_labels import modules_of, plain_sheets
from tasks.fonts import font_chain
from tasks.label_pdf import label_sheet
from tasks.qr_codes import qr_codes


def _read(sheet: bytes) -> tuple[list[str], set[str]]:
    """The codes of the last page, and its characters."""
    document = pypdfium2.PdfDocument(sheet)
    page = document[len(document) - 1]
    picture = page.render(scale=150 / 72).to_pil().convert("L")
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return sorted(code.text for code in found), set(page.get_textpage().get_text_range().split())


def test_n9_both_sides_draw_the_same_labels() -> None:
    shown = labels(30)
    links = shown["link"].tolist()
    ours = _read(label_sheet(shown, font_chain(), CONTACT))
    plain = _read(plain_sheets(shown, modules_of(qr_codes(links)), CONTACT))
    assert ours[0] == plain[0] == sorted(links[24:])
    assert set(shown["code"][24:]) <= ours[1] & plain[1]


def test_every_figure_of_labels_is_measured() -> None:
    found = figures(30, 1, lambda _: None)
    assert [one.row.name for one in found] == ["qr", "label-sheets", "label-bytes"]
    assert all(one.ratio > 0 for one in found)
