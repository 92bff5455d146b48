"""What HQ writes about covers: a reminder for each unit that owes something, and the summary to order from
(N6).
"""

import io
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import select

from models.database import transaction
from models.event import EVENTS, record
from rules.clock import day_in_shanghai
from rules.cover import ASKED, CHINESE
from rules.cover_letter import CoverLine, cover_letter
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from tasks.cover import CoverStanding, cover_standings
from tasks.workbook_rows import as_text

HEADINGS = ("单位代码", "单位名称", "层次", "征订数量", "毕业生人数", "相差%", "状态", "说明")
TITLE = "封皮汇总表"
_REMINDED = "cover-reminded"


def write_reminders(
    pack: Pack, reference: Reference, folder: Path, as_of: datetime, actor: str
) -> list[Path]:
    """Write a letter for each unit whose estimate is missing or unexplained, and record whom it went to.

    On the same day the same units again are no second event. Refused covers-off, covers-folder.
    """
    names, today = unit_names(reference), day_in_shanghai(as_of)
    letters = {
        unit: cover_letter(pack, unit, names.get(unit, unit), map(_line, own), today)
        for unit, own in groupby(_owing(pack), key=lambda one: one.unit)
    }
    paths = [_write(folder / f"封皮征订提醒-{unit}.txt", text.encode()) for unit, text in letters.items()]
    if letters:
        _record(pack.season, {"day": str(today), "units": list(letters)}, as_of, actor)
    return paths


def _owing(pack: Pack) -> Iterable[CoverStanding]:
    return (one for one in cover_standings(pack) if one.state in ASKED)


def _line(one: CoverStanding) -> CoverLine:
    return CoverLine(one.level, one.state, one.estimate, one.graduates, one.difference)


def _record(season: str, said: dict[str, Any], as_of: datetime, actor: str) -> None:
    stream = f"season:{season}"
    with transaction() as db:
        told = select(EVENTS.c.data).where(EVENTS.c.stream == stream, EVENTS.c.kind == _REMINDED)
        if said not in list(db.scalars(told)):
            record(db, stream, _REMINDED, as_of, actor=actor, **said)


def unit_names(reference: Reference) -> dict[str, str]:
    """Return the name of each organisation by its code."""
    units = reference.organisations
    return dict(zip(units["code"], units["name"], strict=True))


def write_summary(pack: Pack, reference: Reference, file: Path) -> list[CoverStanding]:
    """Write the workbook that HQ orders from, and return its rows. Refused covers-off, covers-folder."""
    found = cover_standings(pack)
    _write(file, _workbook(found, unit_names(reference)))
    return found


def _write(file: Path, content: bytes) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise Refused("covers-folder", place=file, why=error.strerror) from None
    return file


def _workbook(found: list[CoverStanding], names: dict[str, str]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(TITLE)
    page.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", (10, 28, 8, 12, 12, 10, 10, 44), strict=True):
        page.column_dimensions[letter].width = width
    header = [WriteOnlyCell(page, heading) for heading in HEADINGS]
    for cell in header:
        cell.font = Font(bold=True)
    page.append(header)
    for one in found:
        page.append(_cells(one, names))
    for level, quantity, graduates in totals(found):
        page.append(["合计", "", level, quantity, graduates])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(one: CoverStanding, names: dict[str, str]) -> list[str | int | float | None]:
    counts = (one.estimate, one.graduates, one.difference)
    return [one.unit, names.get(one.unit, ""), one.level, *counts, CHINESE[one.state], as_text(one.note)]


def totals(found: Iterable[CoverStanding]) -> list[tuple[str, int, int]]:
    """Return estimates and graduates by level over all units."""
    levels = sorted({one.level for one in found if one.level})
    return [
        (
            level,
            sum(one.estimate or 0 for one in found if one.level == level),
            sum(one.graduates for one in found if one.level == level),
        )
        for level in levels
    ]
