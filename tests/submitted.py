"""Files as units send them, built from rows: bytes in, so that tests feed what a branch would."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
from PIL import Image

from rules.grades import GradeContext
from rules.identity import check_digit
from rules.submission import KINDS, Judged, RosterContext
from tasks.read_table import Table, read_table


def resident_id(serial: int = 2, born: str = "19900307") -> str:
    """Return a well-formed ID number of a region that does not exist; an even serial is a woman's."""
    first17 = f"999999{born}{serial:03d}"
    return first17 + check_digit(first17)


DEFAULTS: dict[str, dict[str, str]] = {
    kind: {column.name: column.example for column in spec.columns} for kind, spec in KINDS.items()
}
STUDENT = {"student_no": "1711001200001", "name": "张喆", "id_number": resident_id()}


def row_of(kind: str, **cells: str) -> dict[str, str]:
    """Return a good row of a kind with some cells changed."""
    known = {name: value for name, value in STUDENT.items() if name in DEFAULTS[kind]}
    return DEFAULTS[kind] | known | cells


def csv_text(kind: str, rows: Sequence[Mapping[str, str]], delimiter: str = ",") -> str:
    """Return a CSV with the template's headings."""
    columns = KINDS[kind].columns
    lines = [delimiter.join(column.heading for column in columns)]
    lines += [delimiter.join(row[column.name] for column in columns) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def csv_file(kind: str, *rows: Mapping[str, str], encoding: str = "gb18030") -> bytes:
    """Return the bytes of a CSV of a kind."""
    return csv_text(kind, rows or [row_of(kind)]).encode(encoding)


def xlsx_file(
    kind: str,
    *rows: Mapping[str, object],
    change: Callable[[openpyxl.Workbook, openpyxl.worksheet.worksheet.Worksheet], object] | None = None,
) -> bytes:
    """Return the bytes of a workbook of a kind; `change` gets the book and its data sheet before saving."""
    book = openpyxl.Workbook()
    sheet = book.active
    columns = KINDS[kind].columns
    sheet.append([column.heading for column in columns])
    for row in rows or [row_of(kind)]:
        sheet.append([row[column.name] for column in columns])
    if change:
        change(book, sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(data: bytes, kind: str = "final-exam", filename: str | None = None) -> Table:
    """Read bytes under the name that fits them."""
    return read_table(data, kind, filename or ("成绩.xlsx" if data.startswith(b"PK") else "成绩.csv"))


def grade_context(**changes: object) -> GradeContext:
    """Return a roster of three students (two of branch 110), four courses and the usual score codes."""
    codes = [f"{score:02d}" for score in range(100)]
    facts: dict[str, object] = {
        "students": {
            "0811001200009": (9, "110"),
            "1711001200001": (1, "110"),
            "1712001200002": (2, "120"),
        },
        "modules": {1: "01", 2: "02", 3: "03", 600: "06"},
        "scores": dict(zip(codes, range(100), strict=True))
        | {"++": 100, "&&": 60, "-1": 0, ".5": 100, "缺考": 0},
        "branch": "110",
        "kind": "final-exam",
    }
    return GradeContext(**(facts | changes))  # type: ignore[arg-type]


def roster_context(**changes: object) -> RosterContext:
    """Return a roster of two students of two branches; the blind index is the number reversed."""
    students = pd.DataFrame(
        {
            "student_no": ["1711001200001", "1712001200002"],
            "student_id": [1, 2],
            "branch": ["110", "120"],
            "name": ["张喆", "买买提·艾力"],
            "id_index": [resident_id()[::-1], resident_id(3)[::-1]],
            "sex": ["女", "男"],
            "birth_date": [date(1990, 3, 7)] * 2,
            "level": ["专科", "本科"],
            "programme": ["行政管理", "公共事业管理（教育管理）"],
            "direction": ["", ""],
        }
    )
    facts: dict[str, object] = {"students": students, "branch": "110", "id_index": lambda ids: ids.str[::-1]}
    return RosterContext(**(facts | changes))  # type: ignore[arg-type]


def codes_of(judged: Judged) -> dict[int, str]:
    """Return the code of each row that was not accepted."""
    return dict(zip(judged.verdicts["row"].tolist(), judged.verdicts["code"].tolist(), strict=True))


def outcomes_of(judged: Judged) -> dict[int, str]:
    """Return the outcome of each row that was not accepted."""
    return dict(zip(judged.verdicts["row"].tolist(), judged.verdicts["outcome"].tolist(), strict=True))


def jpeg(size: tuple[int, int] = (480, 640), seed: int = 1, **options: object) -> bytes:
    """Return a JPEG with something in every block."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).resize(size).save(written, "JPEG", **options)
    return written.getvalue()
