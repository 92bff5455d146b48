"""Every exception of a replayed season with one student to look up, and how that student stands now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from biye.sandbox.expected import ExpectedException
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.student import Student
from rules.states import TRACKS, chinese

_CASES, _STUDENTS = table_of(Case), table_of(Student)
_NAMES = ("audit", "registration", "certificate", "custody", "visibility")
_SHOWN = {name: track for name, track in zip(_NAMES, TRACKS, strict=True) if name != "certificate"}


@dataclass(frozen=True)
class Looked:
    """One exception. stands: how its example's case stands, track by track; of who has none, why."""

    clause: str
    name: str
    zh: str
    unit: str
    count: int
    example: str
    stands: str


def look_up(season: str, exceptions: Iterable[ExpectedException]) -> list[Looked]:
    """Return the exceptions in the order of the clauses, each with how its example stands."""
    told = list(exceptions)
    wanted = (
        select(_STUDENTS.c.student_no, _STUDENTS.c.status, *(_CASES.c[name] for name in _SHOWN))
        .join_from(
            _STUDENTS,
            _CASES,
            (_CASES.c.student_id == _STUDENTS.c.id) & (_CASES.c.season == season),
            isouter=True,
        )
        .where(_STUDENTS.c.student_no.in_([one["example"] for one in told]))
    )
    with reading() as db:
        found = {row.student_no: row for row in db.execute(wanted)}
    looked = [Looked(**one, stands=_stands(found.get(one["example"]))) for one in told]
    return sorted(looked, key=lambda one: (one.clause[0], int(one.clause[1:])))


def _stands(row: Any) -> str:
    if row is None:
        return "不在学籍 not on the roster"
    if row.audit is None:
        return f"未申请毕业，学籍：{row.status}"
    return " · ".join(chinese(track(getattr(row, name))) for name, track in _SHOWN.items())
