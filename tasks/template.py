"""Templates for units: a workbook with the headings of a kind, an example row, and a sheet of
explanations.
"""

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rules.submission import KINDS, Kind, KindSpec

EXPLANATION = "填写说明"


def template(kind: str) -> bytes:
    """Return the XLSX template of a kind; for photos the workbook only explains the zip."""
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
    sheet.append(["列", "是否必有", "要求", "也可写作"])
    for column in spec.columns:
        needed = "必有" if column.required else "可无"
        sheet.append([column.heading, needed, column.hint, "、".join(column.aliases)])
    sheet.append(["所有列请设为文本格式；不要合并单元格；一个文件只放一个数据工作表。"])
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["C"].width = 40
