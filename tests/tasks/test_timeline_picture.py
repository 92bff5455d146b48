"""The picture of a season's timeline, in both forms (G1)."""

import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from rules.deadlines import season_calendar
from rules.milestones import milestones
from tasks.timeline_picture import WIDTH, Box, Label, Mark, timeline_shapes, write_picture
from tests.rules.policy_packs import january_2020
from tests.rules.test_season import other_season

PACKS = pytest.mark.parametrize("pack", [january_2020(), other_season()], ids=["2020-01", "other"])


def shapes_of(pack):
    return timeline_shapes(pack, milestones(pack), season_calendar(pack).version)


@PACKS
def test_every_milestone_and_its_clause_is_in_the_picture(pack):
    shapes, _ = shapes_of(pack)
    texts = [shape.text for shape in shapes if isinstance(shape, Label)]
    for one in milestones(pack):
        assert any(text.rstrip("…") and one.zh.startswith(text.rstrip("…")) for text in texts)
        assert one.clause in texts


@PACKS
def test_nothing_is_drawn_outside_the_picture(pack):
    shapes, height = shapes_of(pack)
    for shape in shapes:
        assert 0 <= shape.x <= WIDTH
        assert 0 <= shape.y <= height
        if isinstance(shape, Box):
            assert shape.x + shape.width <= WIDTH
            assert shape.width > 0


def test_a_bar_is_as_long_as_its_days():
    """T1: four days of practice grades beside forty-eight of audit."""
    shapes, _ = shapes_of(january_2020())
    bars = [shape.width for shape in shapes if isinstance(shape, Box) and shape.height == 18]
    assert bars[1] / bars[0] == pytest.approx(48 / 4, rel=0.01)
    assert sum(isinstance(shape, Mark) for shape in shapes) > 10


def test_the_svg_is_one_well_formed_document(tmp_path):
    pack, file = january_2020(), tmp_path / "plan.svg"
    write_picture(pack, milestones(pack), "v<1>", file)
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    texts = "".join(root.itertext())
    assert pack.title in texts
    assert "v<1>" in texts
    assert not re.search(r"https?://(?!www\.w3\.org)", file.read_text(encoding="utf-8"))


def test_the_png_shows_chinese_characters_and_not_empty_boxes(tmp_path):
    pack, file = january_2020(), tmp_path / "plan.png"
    write_picture(pack, milestones(pack), "v", file)
    with Image.open(file) as image:
        title = image.crop((40, 30, 1000, 90)).convert("L")
    columns = {bytes(title.crop((x, 0, x + 44, 60)).tobytes()) for x in range(8, 800, 44)}
    assert len(columns) > 10  # a font without the characters draws the same box for each
