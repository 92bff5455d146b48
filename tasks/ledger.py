"""The ledger of spoiled sheets (作废台账) and of certified statements (补办), for people (N5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading, transaction
from models.spoiled import CertifiedStatement, SpoiledSheet
from models.student import Student
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from rules.names import mask_name
from rules.sheets import CHINESE, SpoilReason
from tasks.unmasking import note_unmasked

_CASES, _STUDENTS, _SHEETS = table_of(Case), table_of(Student), table_of(CertificateSheet)
_LEDGER, _STATEMENTS = table_of(SpoiledSheet), table_of(CertifiedStatement)


@dataclass(frozen=True)
class LedgerRow:
    """One sheet that counts no longer. number, student_no, name: masked unless asked for.

    printed_again: whether a later sheet was printed under the same number. place, holder: where it was.
    """

    entry: int
    case_id: int
    number: str
    student_no: str
    name: str
    branch: str
    sheet: int
    sheet_no: str
    reason: str
    place: str
    holder: str
    by: str
    spoiled_at: datetime
    printed_again: bool

    @property
    def chinese(self) -> str:
        """Return the reason as people say it."""
        return CHINESE[SpoilReason(self.reason)]


@dataclass(frozen=True)
class StatementRow:
    """One certified statement (毕业证明书). number, student_no, name: masked unless asked for."""

    entry: int
    case_id: int
    number: str
    student_no: str
    name: str
    branch: str
    reason: str
    by: str
    issued_at: datetime
    archived: str


def ledger(season: str, asked_by: str | None = None) -> list[LedgerRow]:
    """Return a season's spoiled sheets in the order entered; asked_by: in full for them, which is logged."""
    columns = (*_named(_LEDGER, LedgerRow), (_SHEETS.c.sheet > _LEDGER.c.sheet).label("printed_again"))
    wanted = select(_LEDGER.c.id.label("entry"), *columns, *_person())
    joined = wanted.join_from(_LEDGER, _SHEETS, _SHEETS.c.case_id == _LEDGER.c.case_id)
    found = _read(_of_season(joined, _LEDGER, season), season, "certificate ledger", asked_by)
    return [LedgerRow(**row | {"printed_again": bool(row["printed_again"])}) for row in found]


def statements(season: str, asked_by: str | None = None) -> list[StatementRow]:
    """Return a season's certified statements in the order issued; asked_by: in full, which is logged."""
    wanted = select(_STATEMENTS.c.id.label("entry"), *_named(_STATEMENTS, StatementRow), *_person())
    joined = _of_season(wanted.select_from(_STATEMENTS), _STATEMENTS, season)
    return [StatementRow(**row) for row in _read(joined, season, "certificate statements", asked_by)]


def _named(table: Any, row: Any) -> list[Any]:
    return [table.c[name] for name in row.__dataclass_fields__ if name in table.c]


def _person() -> tuple[Any, ...]:
    return _STUDENTS.c.student_no, _STUDENTS.c.name, _CASES.c.branch


def _of_season(wanted: Select[Any], table: Any, season: str) -> Select[Any]:
    cases = wanted.join(_CASES, _CASES.c.id == table.c.case_id)
    people = cases.join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
    return people.where(table.c.season == season).order_by(table.c.id)


def _read(wanted: Select[Any], season: str, what: str, asked_by: str | None) -> list[dict[str, Any]]:
    if asked_by is None:
        with reading() as db:
            return [_masked(row) for row in _rows(db, wanted)]
    with transaction() as db:
        found = _rows(db, wanted)
        ids = {row["case_id"] for row in found}
        note_unmasked(db, f"season:{season}", what, ids, asked_by, now_in_shanghai())
    return found


def _rows(db: Connection, wanted: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(wanted).mappings()]


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    hidden = {name: mask_id(row[name]) for name in ("number", "student_no")}
    return row | hidden | {"name": mask_name(row["name"])}
