"""XLS files, and workbooks that would end the process that reads them (BAD_INPUT.md, XLSX)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.submission import KINDS
from tasks.sheet_extent import SheetDamaged, sheet_extent
from tests.submitted import read, row_of, xlsx_file
from tests.tasks.test_xlsx_table import SHEET, repacked
from tests.xls import xls_file

COLUMNS = KINDS["final-exam"].columns
ROW = row_of("final-exam")
XLS = xls_file([[column.heading for column in COLUMNS], [ROW[column.name] for column in COLUMNS]])


def test_an_xls_reads_like_an_xlsx():
    from_xls = read(XLS, filename="成绩.xls")
    from_xlsx = read(xlsx_file("final-exam", ROW))
    assert from_xls.frame.astype("str").to_dict("list") == from_xlsx.frame.astype("str").to_dict("list")
    assert from_xls.row.tolist() == [2]


def test_an_id_in_a_numeric_cell_of_an_xls_is_refused():
    columns = KINDS["roster"].columns
    row = row_of("roster") | {"id_number": 999999199003070020.0}
    data = xls_file([[column.heading for column in columns], [row[column.name] for column in columns]])
    assert read(data, "roster", "学籍.xls").verdicts["code"].tolist() == ["row-numeric-id"]


def test_an_xls_with_a_cell_in_the_farthest_corner_ends_in_a_refusal_not_in_the_process():
    with pytest.raises(Refused, match="file-truncated"):
        read(xls_file([["学号"]], far=(65_535, 65_535)), filename="成绩.xls")


@given(at=st.floats(0.05, 1), junk=st.binary(min_size=1, max_size=8))
@settings(max_examples=8, deadline=None)
def test_a_damaged_xls_is_refused_or_read(at, junk):
    place = int(at * len(XLS))
    with contextlib.suppress(Refused):
        read(XLS[:place] + junk + XLS[place + len(junk) :], filename="成绩.xls")


@pytest.mark.parametrize(
    ("xml", "extent"),
    [
        (b"<sheetData><row r='2'><c r='B2'/><c/></row><row><c/></row></sheetData>", (3, 3)),
        (b"<x:s xmlns:x='a'><x:row><x:c/><x:c/></x:row></x:s>", (1, 2)),
        (b"<sheetData/>", (0, 0)),
    ],
)
def test_cells_without_a_place_follow_the_one_before(xml, extent):
    assert sheet_extent(xml) == extent


PLACES = st.tuples(
    st.sampled_from(["A", "B", "Z", "AA", "IV", "XFD", "XFE", "ZZZ"]), st.integers(1, 1_048_580)
)


@given(
    st.lists(PLACES, max_size=6),
    st.sampled_from(["%s", '%s<!-- <c r="D9"/> -->', "%s<c/>", "<a:c xmlns:a='a'/>%s"]),
)
def test_the_quick_way_and_the_thorough_way_find_the_same_extent(cells, around):
    """In single quotes a place is known to the thorough way alone."""
    rows = "".join(f'<row r="{row}"><c r="{column}{row}" t="n"><v>1</v></c></row>' for column, row in cells)
    xml = ("<sheetData>" + around % rows + "</sheetData>").encode()
    found = []
    for written in (xml, xml.replace(b'"', b"'")):
        try:
            found.append(sheet_extent(written))
        except SheetDamaged:
            found.append(None)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "xml",
    [
        b"<c r='ZZZ9999999'/>",
        b'<row r="1"><c r="A1"/></row',
        b'<s><row r="1048577"><c r="A1"/></row></s>',
        b'<s><row r="1"><c r="XFE1"/></row></s>',
        b"<row r='0'/>",
        b"<row r='1048577'/>",
        b"<c r='A0'/>",
        b"<c r='1A'/>",
        b"<c",
        b"",
    ],
)
def test_places_that_no_spreadsheet_has_are_damage(xml):
    with pytest.raises(SheetDamaged):
        sheet_extent(xml)


@pytest.mark.parametrize("place", [b"r='XFD1048576'", b'r = "ZZZ99999999"', b'r="&#88;FD1048576"'])
def test_a_far_cell_in_disguise_never_reaches_the_reader(place):
    data = repacked(xlsx_file("final-exam", ROW, ROW), SHEET, lambda xml: xml.replace(b'r="A3"', place))
    with pytest.raises(Refused):
        read(data)


TOKENS = st.sampled_from(
    [
        b"<",
        b">",
        b'"',
        b'r="A1"',
        b'r="ZZZ9999999"',
        b't="s"',
        b't="d"',
        b's="99999"',
        b"<c>",
        b"</row>",
        b"&#0;",
    ]
)


@given(at=st.floats(0, 1), token=TOKENS, cut=st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_a_sheet_with_broken_xml_is_refused_or_read(at, token, cut):
    def damage(xml: bytes) -> bytes:
        place = int(at * len(xml))
        return xml[:place] + token + xml[place + cut :]

    with contextlib.suppress(Refused):
        assert read(repacked(GOOD, SHEET, damage)).rows_read <= 2


GOOD = xlsx_file("final-exam", ROW, ROW)
