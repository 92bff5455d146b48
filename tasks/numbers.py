"""Allocation of certificate numbers: one transaction over all approved cases of a batch (DESIGN 7, N3)."""

from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, Connection, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.bulk import insert_frame, read_frame
from models.case import Case, Hold
from models.certificate import CertificateSheet, Counter
from models.columns import table_of
from models.database import transaction
from models.student import Student
from rules.numbers import LEVEL_CODES, number_in_order, prefix_of
from rules.season import Pack
from rules.states import Audit, Certificate
from tasks.track import move

_CASES, _STUDENTS, _HOLDS = table_of(Case), table_of(Student), table_of(Hold)
_SHEETS, _COUNTERS = table_of(CertificateSheet), table_of(Counter)


def allocate_numbers(season: str, batch: int, pack: Pack, as_of: datetime) -> int:
    """Number every approved case of the batch that has no number and no registration hold; return how many.

    A missing photo and the partner's seal stop nothing here. Raises Refused N3-serials: nobody is numbered.
    """
    year = pack.graduation_date.year
    prefixes = {level: prefix_of(pack.school, year, level) for level in LEVEL_CODES}
    with transaction() as db:
        counters = _locked_counters(db, list(prefixes.values()))
        due = _due(db, season, batch)
        if due.empty:
            return 0
        due["number"], following = number_in_order(due["level"].map(prefixes), counters)
        _keep_sheets(db, due, as_of)
        for prefix, after in following.items():
            db.execute(update(_COUNTERS).where(_COUNTERS.c.key == prefix).values(next=after))
        numbered = _of_batch(season, batch) & _CASES.c.id.in_(select(_SHEETS.c.case_id))
        move(db, Certificate.NUMBERED, numbered, stream=f"season:{season}", as_of=as_of, batch=batch)
    return len(due)


def lock_numbering(db: Connection) -> None:
    """Let no allocation run beside the caller's transaction."""
    db.execute(select(_COUNTERS.c.key).order_by(_COUNTERS.c.key).with_for_update()).all()


def _locked_counters(db: Connection, keys: list[str]) -> dict[str, int]:
    """Return the next serial by prefix; a second allocation waits here until this one is done."""
    opened = sqlite.insert(_COUNTERS) if db.dialect.name == "sqlite" else postgresql.insert(_COUNTERS)
    db.execute(opened.on_conflict_do_nothing(), [{"key": key, "next": 1} for key in keys])
    wanted = select(_COUNTERS.c.key, _COUNTERS.c.next).where(_COUNTERS.c.key.in_(keys))
    rows = db.execute(wanted.order_by(_COUNTERS.c.key).with_for_update())
    return {row.key: row.next for row in rows}


def _of_batch(season: str, batch: int) -> ColumnElement[bool]:
    of_batch = (_CASES.c.season == season) & (_CASES.c.batch == batch)
    return of_batch & (_CASES.c.certificate == Certificate.NONE.value)


def _due(db: Connection, season: str, batch: int) -> pd.DataFrame:
    """Cases to be numbered, in FIFO order (N3): a held one is passed over and blocks nobody behind it."""
    held = exists().where(
        _HOLDS.c.case_id == _CASES.c.id,
        _HOLDS.c.track == "registration",
        _HOLDS.c.released_at.is_(None),
    )
    wanted = (
        select(_CASES.c.id.label("case_id"), _CASES.c.lot_id, _STUDENTS.c.level)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .where(_of_batch(season, batch), _CASES.c.audit == Audit.APPROVED.value, ~held)
        .order_by(_CASES.c.order_at, _CASES.c.order_receipt, _CASES.c.order_row, _CASES.c.id)
    )
    return read_frame(db, wanted)


def _keep_sheets(db: Connection, due: pd.DataFrame, as_of: datetime) -> None:
    sheets = due[["number", "case_id", "lot_id"]]
    insert_frame(db, _SHEETS, sheets.assign(position=range(1, len(due) + 1), allocated_at=as_of, sheet=0))
