"""Nothing that a unit can send makes a traceback: a file is read, or Refused with a code."""

import contextlib
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.registry_fields import Field
from rules.submission import KINDS
from tasks.dbf import write_dbf
from tasks.read_table import read_table, refuse_size
from tests.submitted import csv_file, read, row_of, xlsx_file

TABLES = [kind for kind in KINDS if kind != "photos"]
SEEDS = {kind: (csv_file(kind), csv_file(kind, encoding="utf-8"), xlsx_file(kind)) for kind in TABLES}


@pytest.mark.parametrize("kind", TABLES)
@given(
    data=st.binary(max_size=300),
    name=st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.dbf", "a"]),
    head=st.integers(0, 4),
)
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_refused_or_read(kind, data, name, head):
    start = (
        b"",
        SEEDS[kind][0][:60],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x03\x14\x01\x01\x02\x00",
    )[head]
    with contextlib.suppress(Refused):
        read_table(start + data, kind, name)


@pytest.mark.parametrize("kind", TABLES)
@given(
    seed=st.integers(0, 2),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=12),
    cut=st.integers(0, 12),
)
@settings(max_examples=60, deadline=None)
def test_a_good_file_with_some_bytes_changed_is_refused_or_read(kind, seed, at, junk, cut):
    data = SEEDS[kind][seed]
    place = int(at * len(data))
    with contextlib.suppress(Refused):
        read_table(data[:place] + junk + data[place + cut :], kind, "a.xlsx" if seed == 2 else "a.csv")


@pytest.mark.parametrize("kind", TABLES)
def test_csv_and_xlsx_of_the_same_rows_read_alike(kind):
    from_csv, from_book = (
        read_table(SEEDS[kind][seed], kind, name) for seed, name in ((0, "a.csv"), (2, "a.xlsx"))
    )
    assert from_csv.frame.astype("str").to_dict("list") == from_book.frame.astype("str").to_dict("list")


def test_names_that_were_garbled_below_a_good_header_are_refused():
    garbled = "张小喆".encode().decode("latin-1")
    rows = [row_of("roster", name=garbled)] * 3
    with pytest.raises(Refused, match="file-mojibake"):
        read(csv_file("roster", *rows, encoding="utf-8"), "roster")


def test_a_dbf_receipt_is_read_by_its_field_names():
    frame = pd.DataFrame({"ZSBH": ["511618202006000001"], "ZT": ["退回"], "BZ": ["照片不符"]})
    fields = [Field(name, width) for name, width in (("ZSBH", 18), ("ZT", 10), ("BZ", 40))]
    table = read(write_dbf(frame, fields, "gb18030", date(2020, 1, 10)), "registry-receipt", "回执.DBF")
    assert table.frame.values.tolist() == [["511618202006000001", "退回", "照片不符"]]
    assert table.row.tolist() == [2]


def test_the_size_can_be_asked_before_the_file_is_read():
    refuse_size(50 << 20, "roster", "a.csv")
    with pytest.raises(Refused, match="file-too-big"):
        refuse_size((50 << 20) + 1, "roster", "a.csv")


def test_a_mapped_heading_takes_the_place_of_the_usual_one():
    data = "ZSBH,BZ,反馈说明\n511618202006000001,x,照片不符\n".encode()
    table = read_table(data, "registry-receipt", "a.csv", {"反馈说明": "reason", "ZSBH": "number"})
    assert table.frame["reason"].tolist() == ["照片不符"]
