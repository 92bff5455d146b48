"""The sides of the bench of print files draw the same pages, and a page adds little to its photo."""

from collections import Counter

import pypdfium2

from bench.certificates import BYTES, draw, record
from bench.fpdf_side import replay
from bench.photos import photos
from tasks.fonts import carried_font

PAGES = 40


def _characters(document: bytes) -> list[Counter[str]]:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
    return [Counter("".join(page.split())) for page in pages]


def test_both_sides_draw_the_same_characters_and_photos_on_every_page() -> None:
    ours, theirs = draw(PAGES), replay(record(PAGES), carried_font())
    assert _characters(ours) == _characters(theirs)
    assert len(_characters(ours)) == PAGES
    assert all(photo in ours and photo in theirs for photo in photos(PAGES))


def test_a_page_adds_no_more_than_its_bound_to_its_photo() -> None:
    several, more = (len(draw(pages)) - sum(map(len, photos(pages))) for pages in (PAGES, 2 * PAGES))
    assert (more - several) / PAGES / 1024 < BYTES.bound
