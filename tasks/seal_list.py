"""Lists to a partner university (送盖章清单): a workbook, and a PDF that both sides sign (N2)."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font as Style
from sqlalchemy import Connection, select

from models.bulk import among
from models.case import Case
from models.columns import table_of
from models.student import Student
from rules.reference import Reference
from rules.registry_fields import programme_title
from rules.season import Pack
from tasks.fonts import Font, font_chain
from tasks.graduate import graduates
from tasks.packing_list import LEFT, ROW_HEIGHT, TOP, WIDTH, draw_row
from tasks.paper import Paper
from tasks.workbook_rows import as_text

_CASES, _STUDENTS = table_of(Case), table_of(Student)
TITLE, ROWS_A_PAGE = "送盖章清单", 24
# Heading and width in mm, together as wide as a packing list.
TABLE = (
    ("序号", 10.0),
    ("学号", 28.0),
    ("姓名", 28.0),
    ("性别", 10.0),
    ("专业", 58.0),
    ("证书编号", 38.0),
    ("备注", 18.0),
)
SIGNATURES = ("制表人：", "审核人：", "合作高校签收：", "日期：")


@dataclass(frozen=True)
class SealPaper:
    """What a list says about itself. season: the season's title; contact: whom the partner asks (V1)."""

    list_id: int
    season: str
    partner: str
    sent_at: datetime
    by: str
    contact: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines under the title."""
        sent = f"{self.sent_at:%Y-%m-%d} 经办 {self.by}"
        return (f"{self.season}　第 {self.list_id:04d} 号", f"合作高校：{self.partner}", f"送出：{sent}")


def seal_papers(
    db: Connection, paper: SealPaper, case_ids: list[int], pack: Pack, reference: Reference
) -> dict[str, bytes]:
    """Return a list's files, `workbook` and `document`, its rows in order of arrival (N3)."""
    frame = seal_frame(db, case_ids, pack, reference)
    return {"workbook": _workbook(paper, frame), "document": _document(paper, frame, font_chain())}


def seal_frame(db: Connection, case_ids: list[int], pack: Pack, reference: Reference) -> pd.DataFrame:
    """Return the rows of a list: the headings of TABLE as columns, names and numbers in full."""
    rows = graduates(db, among(db, _CASES.c.id, case_ids), pack, reference)
    wanted = select(_CASES.c.id, _STUDENTS.c.student_no).join(
        _STUDENTS, _STUDENTS.c.id == _CASES.c.student_id
    )
    numbers = {row[0]: row[1] for row in db.execute(wanted.where(among(db, _CASES.c.id, case_ids)))}
    titles = [programme_title(*pair) for pair in zip(rows["programme"], rows["direction"], strict=True)]
    return pd.DataFrame(
        {
            "序号": [str(place) for place in range(1, len(rows) + 1)],
            "学号": [numbers[case] for case in rows["case_id"]],
            "姓名": rows["name"].tolist(),
            "性别": rows["sex"].tolist(),
            "专业": [f"{title} {level}" for title, level in zip(titles, rows["level"], strict=True)],
            "证书编号": rows["number"].tolist(),
            "备注": "",
        }
    )


def _workbook(paper: SealPaper, frame: pd.DataFrame) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(TITLE)
    for place, (_, width) in enumerate(TABLE):
        page.column_dimensions["ABCDEFG"[place]].width = width / 2
    title = WriteOnlyCell(page, TITLE)
    title.font = Style(bold=True, size=16)
    page.append([title])
    for line in paper.lines:
        page.append([as_text(line)])
    page.append([heading for heading, _ in TABLE])
    for row in frame.itertuples(index=False, name=None):
        page.append([as_text(cell) for cell in row])
    page.append([f"合计 {len(frame)} 本"])
    page.append(list(SIGNATURES))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _document(paper: SealPaper, frame: pd.DataFrame, fonts: Sequence[Font]) -> bytes:
    drawn = Paper(fonts, "portrait", TITLE)
    leaves = list(_leaves(frame))
    for page, rows in enumerate(leaves, start=1):
        _draw(drawn, paper, rows, f"第 {page} 页 共 {len(leaves)} 页")
    drawn.write_at(LEFT, 268, f"合计 {len(frame)} 本", 10)
    for place, text in enumerate(SIGNATURES):
        drawn.write_at(LEFT + place * 48, 278, text + "＿" * 5, 10)
    return drawn.to_bytes()


def _leaves(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), ROWS_A_PAGE):
        yield frame.iloc[start : start + ROWS_A_PAGE]


def _draw(drawn: Paper, paper: SealPaper, rows: pd.DataFrame, pages: str) -> None:
    drawn.add_page()
    drawn.write_at(105, 18, TITLE, 18, "centre")
    for place, line in enumerate(paper.lines):
        drawn.write_within(LEFT, 28 + place * 6, WIDTH, line, 10)
    draw_row(drawn, TOP, [heading for heading, _ in TABLE], TABLE)
    for place, cells in enumerate(rows.itertuples(index=False, name=None), start=1):
        draw_row(drawn, TOP + place * ROW_HEIGHT, cells, TABLE)
    drawn.write_at(105, 289, pages, 9, "centre")
    drawn.write_within(LEFT, 289, 70, paper.contact, 7)
