"""CSV text to columns: Arrow for speed, Python's strict reader where quotes could hide something."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from rules.refusals_files import refused_file
from rules.submission import KINDS
from tasks.headings import Header, match_header

DELIMITERS = (",", "\t", ";", "|")
BLOCK = 1 << 20  # bytes parsed at once: what is parsed then lies in the processor's cache
LONGEST_CELL = 4000


@dataclass
class CsvShape:
    """How a CSV is cut, and its rows that do not fit the header: (row number, fields)."""

    delimiter: str
    header: Header
    body: pa.Buffer
    quoted: bool
    first_row: int
    ragged: list[tuple[int, int]] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class CsvColumns:
    """Columns of text by our names, the row number of each, and the ragged rows: (row number, fields)."""

    columns: pa.Table
    row: npt.NDArray[np.int64]
    ragged: list[tuple[int, int]]
    notes: tuple[str, ...]


def read_csv(data: bytes, kind: str, filename: str, mapping: Mapping[str, str] | None = None) -> CsvColumns:
    """Read UTF-8 CSV text of a kind; raises Refused when its shape cannot be trusted."""
    shape = _shape(data, kind, filename, mapping)
    table = _parse(shape, kind, filename, [name for name in shape.header.names if name in KINDS[kind].used])
    _refuse_shifted(shape, table.num_rows, filename)
    row = _row_numbers(shape, table.num_rows)
    blank = _blank_rows(table)
    if blank.any():
        blank &= _blank_rows(_parse(shape, kind, filename, [name for name in shape.header.names if name]))
        table, row = table.filter(pa.array(~blank)), row[~blank]
    if not table.num_rows and not shape.ragged:
        raise refused_file("file-no-rows", filename, kind=kind)
    return CsvColumns(table, row, shape.ragged, _notes(shape))


def _shape(data: bytes, kind: str, filename: str, mapping: Mapping[str, str] | None) -> CsvShape:
    """Read the header with the delimiter that splits it best."""
    if data.isspace() or not data:
        raise refused_file("file-empty", filename, kind=kind)
    quoted = b'"' in data
    if quoted:
        _refuse_bad_quotes(data, filename)
    end = _header_end(data, quoted)
    line = data[:end].decode().strip("\r\n")
    delimiter = max(DELIMITERS, key=line.count)
    cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    body = pa.py_buffer(data).slice(end)
    return CsvShape(delimiter, match_header(cells, kind, filename, mapping), body, quoted, 2)


def _header_end(data: bytes, quoted: bool) -> int:
    """Return the offset after the header record; one with line breaks inside quotes is followed to
    its end.
    """
    end = 0
    while True:
        breaks = [at for at in (data.find(b"\n", end), data.find(b"\r", end)) if at >= 0]
        if not breaks:
            return len(data)
        end = min(breaks) + 1
        end += data[end - 1 : end + 1] == b"\r\n"
        if not quoted or data.count(b'"', 0, end) % 2 == 0:
            return end


def _refuse_bad_quotes(data: bytes, filename: str) -> None:
    """Raise Refused where a quote is not closed, or closed in the middle of a value."""
    delimiter = max(DELIMITERS, key=data.split(b"\n", 1)[0].decode(errors="replace").count)
    rows = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if any(
                "\n" in cell and (len(cell) > LONGEST_CELL or cell.count(delimiter) > 1) for cell in cells
            ):
                raise refused_file("file-unclosed-quote", filename, row=number)
    except csv.Error:
        raise refused_file("file-unclosed-quote", filename, row=number + 1) from None


def _parse(shape: CsvShape, kind: str, filename: str, wanted: list[str]) -> pa.Table:
    """Parse columns of the body with Arrow; rows of another length than the header land in shape.ragged
    or shape.blank.
    """
    shape.ragged.clear()
    shape.blank.clear()
    if not shape.body.size:
        raise refused_file("file-no-rows", filename, kind=kind)
    names = [name or f"#{position}" for position, name in enumerate(shape.header.names)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(shape.body),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
            parse_options=_parsing(shape),
            convert_options=_texts(wanted, KINDS[kind].coded),
        )
    except pa.ArrowInvalid:
        raise refused_file("file-bad-csv", filename) from None
    return table.combine_chunks()


def _parsing(shape: CsvShape) -> arrow_csv.ParseOptions:
    return arrow_csv.ParseOptions(
        delimiter=shape.delimiter,
        newlines_in_values=shape.quoted,
        ignore_empty_lines=False,
        invalid_row_handler=lambda invalid: _note_ragged(shape, invalid),
    )


def _texts(wanted: list[str], coded: bool) -> arrow_csv.ConvertOptions:
    """Ask for our columns only, all as text: as dictionaries where a column has few different values."""
    text = pa.dictionary(pa.int32(), pa.string()) if coded else pa.string()
    return arrow_csv.ConvertOptions(
        include_columns=wanted,
        column_types=dict.fromkeys(wanted, text),
        strings_can_be_null=False,
        check_utf8=False,
    )  # it was decoded strictly


def _note_ragged(shape: CsvShape, invalid: arrow_csv.InvalidRow) -> str:
    """Keep the number of a row with too many or too few fields, and skip it."""
    number = invalid.number + shape.first_row - 1
    if invalid.text.strip():
        shape.ragged.append((number, invalid.actual_columns))
    else:
        shape.blank.append(number)
    return "skip"


def _refuse_shifted(shape: CsvShape, good: int, filename: str) -> None:
    """Raise Refused when every row is one field too long: most readers would shift the columns silently."""
    longer = len(shape.header.names) + 1
    if shape.ragged and not good and all(fields == longer for _, fields in shape.ragged):
        raise refused_file("file-shifted", filename)


def _row_numbers(shape: CsvShape, good: int) -> npt.NDArray[np.int64]:
    """Return the source row number of each good row."""
    skipped = np.array([*(number for number, _ in shape.ragged), *shape.blank], dtype=np.int64)
    numbers = np.arange(shape.first_row, shape.first_row + good + len(skipped), dtype=np.int64)
    return numbers[~np.isin(numbers, skipped)] if len(skipped) else numbers


def _blank_rows(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Return where all of our columns are empty: no row, as people see it."""
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        if not blank.any():
            break
        blank &= _is_blank(column.combine_chunks())
    return blank


def _is_blank(column: pa.Array) -> npt.NDArray[np.bool_]:
    if not pa.types.is_dictionary(column.type):
        return np.asarray(pc.equal(column, "").to_numpy(zero_copy_only=False), dtype=bool)
    blank = [text == "" for text in column.dictionary.to_pylist()]
    return np.array(blank, dtype=bool)[column.indices] if any(blank) else np.zeros(len(column), dtype=bool)


def _notes(shape: CsvShape) -> tuple[str, ...]:
    if shape.delimiter == ",":
        return shape.header.notes
    shown = {"\t": "制表符", ";": "分号", "|": "竖线"}[shape.delimiter]
    return (f"分隔符是{shown}", *shape.header.notes)
