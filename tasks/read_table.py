"""Bytes of a submitted table to text columns under our names; whatever cannot be trusted is Refused whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from rules.columns import dbf_headings
from rules.refusals_files import refused_file
from rules.submission import KINDS, no_verdicts
from rules.verdicts import Verdicts
from tasks.csv_table import read_csv
from tasks.dbf import read_dbf, records_in
from tasks.decode import decode, garbled
from tasks.headings import match_header
from tasks.sheet_table import sheet_columns
from tasks.size_cap import cap_of
from tasks.xlsx_table import OLE, read_workbook

_LOOKED_AT = 200  # names: more would say the same
TEXT = ("csv", "tsv", "txt", "dbf")


@dataclass(frozen=True)
class Table:
    """A file's rows as text.

    columns: our column names; score sheets as dictionaries of text (few values, many rows).
    row: source row number of each row; people count the header as row 1.
    verdicts: rows that could not be read (see Judged.verdicts); they count among the rows read.
    """

    columns: pa.Table
    row: npt.NDArray[np.int64]
    sheet: str = ""
    notes: list[str] = field(default_factory=list)
    verdicts: pd.DataFrame = field(default_factory=no_verdicts)

    @property
    def rows_read(self) -> int:
        """All rows of the file, readable or not."""
        return len(self.row) + len(self.verdicts)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns for rules that look at rows as a table."""
        frame: pd.DataFrame = self.columns.to_pandas(split_blocks=True)
        return frame


def read_table(data: bytes, kind: str, filename: str, mapping: Mapping[str, str] | None = None) -> Table:
    """Read a CSV, TSV, XLSX, XLS or DBF file of a kind; raises Refused for what spoils the whole file.

    mapping: further headings of this installation → our column names (registry receipts).
    """
    refuse_size(len(data), kind, filename)
    content = content_of(data)
    _refuse_wrong_content(content, filename)
    if content == "CSV" and filename.lower().endswith(".dbf"):
        return _read_dbf(data, kind, filename, mapping)
    if content not in ("XLSX", "XLS"):
        return _read_text(data, kind, filename, mapping)
    sheet = read_workbook(data, filename)
    table = sheet_columns(sheet, kind, filename, mapping)
    columns = _used(table.frame, kind)
    _refuse_garbled(columns, filename)
    return Table(columns, table.row, sheet.name, list(table.notes), table.verdicts)


def _used(frame: pd.DataFrame, kind: str) -> pa.Table:
    """Return the columns that count."""
    named = frame[[name for name in frame.columns if name in KINDS[kind].used]]
    return pa.Table.from_pandas(named, preserve_index=False).replace_schema_metadata()


def content_of(data: bytes) -> str:
    """Return what a file is by its content: XLSX (any zip), XLS, HTML, PDF or CSV."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "XLSX"
    if data.startswith(OLE):
        return "XLS"
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml", b"<head")):
        return "HTML"
    return "PDF" if head.startswith(b"%pdf") else "CSV"


def _refuse_wrong_content(content: str, filename: str) -> None:
    """Raise Refused for a file that is not what its name says."""
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    book = content in ("XLSX", "XLS")
    if content in ("HTML", "PDF") or (ending in ("xlsx", "xls") and not book) or (ending in TEXT and book):
        raise refused_file("file-wrong-content", filename, found=content)


def _read_dbf(data: bytes, kind: str, filename: str, mapping: Mapping[str, str] | None) -> Table:
    """Read a DBF table; its first record counts as row 2, as if the field names were a header row.

    Field names hold ten bytes: a longer heading is known by its beginning (rules.columns.dbf_headings).
    """
    records = read_dbf(data)
    cut = dbf_headings(KINDS[kind].columns)
    names = match_header(list(records.columns), kind, filename, cut | dict(mapping or {}))
    frame = pd.DataFrame({name: records.iloc[:, at] for at, name in enumerate(names.names) if name})
    frame = frame[(frame != "").any(axis=1)]
    if frame.empty:
        raise refused_file("file-no-rows", filename, kind=kind)
    columns = _used(frame, kind)
    _refuse_garbled(columns, filename)
    row = np.asarray(frame.index, dtype=np.int64) + 2
    deleted = records_in(data) - len(records)
    notes = [f"已标记删除的 {deleted} 条记录未读取"] if deleted else []
    return Table(columns, row, "", [*notes, *names.notes])


def refuse_size(size: int, kind: str, filename: str) -> None:
    """Raise Refused when a file is over the cap of its kind; for asking before the file is read."""
    if size > (cap := cap_of(kind)):
        raise refused_file("file-too-big", filename, size=size, cap=cap)


def _read_text(data: bytes, kind: str, filename: str, mapping: Mapping[str, str] | None) -> Table:
    decoded = decode(data, filename)
    table = read_csv(decoded.data, kind, filename, mapping)
    _refuse_garbled(table.columns, filename)
    return Table(table.columns, table.row, "", [*decoded.notes, *table.notes], _ragged(table.ragged))


def _ragged(ragged: list[tuple[int, int]]) -> pd.DataFrame:
    verdicts = Verdicts(np.array([number for number, _ in ragged], dtype=np.int64))
    fields = pd.Series([str(count) for _, count in ragged], dtype="str")
    verdicts.mark(np.ones(len(ragged), dtype=bool), "row-ragged", "", fields)
    return verdicts.table()


def _refuse_garbled(columns: pa.Table, filename: str) -> None:
    """Raise Refused when most names of a file were saved garbled although its header was not."""
    if "name" not in columns.column_names:
        return
    wide = [name for name in columns["name"].slice(0, _LOOKED_AT).to_pylist() if not name.isascii()]
    bad = [name for name in wide if _garbled_name(name)]
    if bad and 2 * len(bad) > len(wide):
        raise refused_file("file-mojibake", filename, value=bad[0][:1] + "…")


def _garbled_name(name: str) -> bool:
    """Return whether a name is UTF-8 Chinese read as GB18030 or Latin."""
    if garbled(name):
        return True
    for wrong in ("gb18030", "cp1252", "latin-1"):
        try:
            repaired = name.encode(wrong).decode()
        except UnicodeError:
            continue
        if any("\u4e00" <= char <= "\u9fff" for char in repaired):
            return True
    return False
