"""The chain of fonts (R2: a certificate whose characters no font has is held before printing)."""

import os
from pathlib import Path

import pandas as pd
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from rules.refusals import Refused
from tasks.fonts import Font, carried_font, font_chain, missing_glyphs, read_font

CARRIED = font_chain(str(carried_font()), system=False)


def test_a_machine_without_any_font_still_has_the_carried_one() -> None:
    assert [font.path for font in font_chain("", system=False)] == [carried_font()]


def test_each_missing_character_is_named_once_in_the_order_of_the_text() -> None:
    texts = pd.Series(["张三", "王\U000fffff李\x07\U000fffff", None, ""], index=[7, 3, 3, 1])
    missing = missing_glyphs(texts, CARRIED)
    assert missing.tolist() == ["", "\U000fffff\x07", "", ""]
    assert missing.index.tolist() == [7, 3, 3, 1]


def test_a_character_is_missing_only_if_no_font_of_the_chain_has_it() -> None:
    rare = Font(Path("rare.ttf"), frozenset({0x4DAE}))
    assert missing_glyphs(pd.Series(["李䶮"]), CARRIED).tolist() == ["䶮"]
    assert missing_glyphs(pd.Series(["李䶮"]), [*CARRIED, rare]).tolist() == [""]


def test_a_character_whose_glyph_is_empty_counts_as_missing(tmp_path: Path) -> None:
    blank = _font(tmp_path / "blank.ttf", drawn="龥", blank="龤")
    assert blank is not None
    assert ord("龥") in blank.characters
    assert ord("龤") not in blank.characters


def test_the_named_fonts_are_asked_before_the_carried_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _font(tmp_path / "mine.ttf", drawn="龥", blank="")
    (tmp_path / "not-a-font.ttf").write_bytes(b"not a font")
    monkeypatch.setenv("BIYE_FONT_PATH", os.pathsep.join([str(tmp_path), str(carried_font())]))
    assert [font.path for font in font_chain(system=False)] == [tmp_path / "mine.ttf", carried_font()]


def test_a_font_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        font_chain(str(tmp_path / "nowhere"), system=False)
    assert refused.value.code == "file-font-none"
    assert "BIYE_FONT_PATH" in str(refused.value)


def test_a_font_without_chinese_is_not_taken(tmp_path: Path) -> None:
    assert _font(tmp_path / "latin.ttf", drawn="", blank="", chinese="") is None


def _font(path: Path, drawn: str, blank: str, chinese: str = "毕业证书") -> Font | None:
    """Build a font with outlines for letters, digits, `chinese` and `drawn`, and none for `blank`."""
    solid = [*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", *chinese, *drawn]
    names = {ord(character): f"u{ord(character):04X}" for character in [*solid, *blank]}
    pen = TTGlyphPen(None)
    for move, point in ((pen.moveTo, (0, 0)), (pen.lineTo, (500, 0)), (pen.lineTo, (500, 500))):
        move(point)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    glyphs = {name: square if chr(code) in solid else empty for code, name in names.items()}
    builder.setupGlyf({".notdef": square, **glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Test", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return read_font(path)
