"""Templates for units: a workbook with the headings of a kind, an example row, and a sheet of
explanations.
"""

import io
from datetime import date
from enum import StrEnum

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rules.columns import dbf_name
from rules.refusals import Reason, Refused, register
from rules.registry_fields import Field
from rules.submission import KINDS, Kind, KindSpec
from tasks.dbf import write_dbf

EXPLANATION = "填写说明"
_FIELD_WIDTH = 60  # bytes
_NO_DAY = date(2000, 1, 1)  # of a last change: the same template is the same file

register(
    Reason(
        "template-form",
        "R1",
        "{kind} 没有 {form} 模板",
        "there is no {form} template of {kind}",
        "照片以 ZIP 上报，说明见 xlsx 模板。",
        "Photos come as a zip; the xlsx template explains it.",
    )
)


class Form(StrEnum):
    """Forms that a template comes in; an XLS is read as well, and made by saving the XLSX as one."""

    XLSX = "xlsx"
    CSV = "csv"
    DBF = "dbf"


def template(kind: str, form: Form = Form.XLSX) -> bytes:
    """Return the template of a kind: headings and an example row; the XLSX one explains each column, too.

    For photos there is a workbook alone, which explains the zip: Refused template-form.
    """
    if kind == Kind.PHOTOS and form != Form.XLSX:
        raise Refused("template-form", kind=kind, form=form.value)
    return _WRITERS[form](kind)


def _xlsx(kind: str) -> bytes:
    spec = KINDS[kind]
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = spec.zh
    _fill(sheet, spec)
    _explain(book.create_sheet(EXPLANATION), spec)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(spec: KindSpec) -> pd.DataFrame:
    cells = {column.heading: [column.example] for column in spec.columns}
    return pd.DataFrame({"序号": ["1"], **cells}, dtype="str")


def _csv(kind: str) -> bytes:
    """Write UTF-8 with a mark, so that Excel shows Chinese."""
    return _rows(KINDS[kind]).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _dbf(kind: str) -> bytes:
    rows = _rows(KINDS[kind])
    fields = [Field(str(heading), _FIELD_WIDTH) for heading in rows.columns]
    return write_dbf(rows, fields, "gb18030", _NO_DAY)


_WRITERS = {Form.XLSX: _xlsx, Form.CSV: _csv, Form.DBF: _dbf}


def _fill(sheet: Worksheet, spec: KindSpec) -> None:
    headings = ["序号", *(column.heading for column in spec.columns)]
    sheet.append(headings)
    sheet.append(["1", *(column.example for column in spec.columns)])
    sheet.freeze_panes = "A2"
    for position, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, position)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE8F5")
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = max(10, 2.4 * len(heading))
        sheet.column_dimensions[letter].number_format = "@"
        sheet.cell(2, position).number_format = "@"
    for position, column in enumerate(spec.columns, start=2):
        if column.hint:
            sheet.cell(1, position).comment = Comment(column.hint, "Biye")


def _explain(sheet: Worksheet, spec: KindSpec) -> None:
    """Write what each column wants; the first cell is no heading, so the sheet is never taken for data."""
    sheet.append([f"{spec.zh}：第2行为示例，上报前请替换。"])
    if spec.kind == Kind.PHOTOS:
        sheet.append(["请上报 ZIP 压缩包；每张照片为 480×640 的 JPEG，文件名为大写证件号。"])
    sheet.append([f"放入收件箱时，文件名以“{spec.zh}”或“{spec.kind}”开头，或放入以此命名的子文件夹。"])
    sheet.append(["列", "是否必有", "要求", "也可写作", "DBF 字段名"])
    for column in spec.columns:
        needed = "必有" if column.required else "可无"
        aliases = "、".join(column.aliases)
        sheet.append([column.heading, needed, column.hint, aliases, dbf_name(column.heading)])
    sheet.append(["所有列请设为文本格式；不要合并单元格；一个文件只放一个数据工作表。"])
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["C"].width = 40
