"""What a lot's promises cover: which approved cases are sent, dispatched and handed over (T4, R2, G3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from rules.promises import complete_on
from rules.season_dates import Duty
from rules.states import Audit, Custody, Registration

_CASES, _HOLDS, _SHEETS, _PACKAGES = (table_of(table) for table in (Case, Hold, CertificateSheet, Package))
# A row whose upload may not have arrived (unknown) is not sent yet.
_SENT = {Registration.SENT, Registration.ACCEPTED, Registration.REJECTED}
_AWAY = set(Custody) - {Custody.NONE, Custody.AT_HQ, Custody.LOST, Custody.DAMAGED}


@dataclass(frozen=True)
class CaseFacts:
    """One case: what is done for it, and the day of its complete data.

    complete: None while data are missing, and for a partner-seal case, which has no R2 due date (N2).
    sealed: a partner-seal case, which does not follow the timetable (N2).
    """

    done: frozenset[str]
    complete: date | None
    sealed: bool = False


def facts_of_lot(db: Connection, lot_id: int) -> list[CaseFacts]:
    """Return the facts of a lot's approved cases."""
    approved = _CASES.c.audit == Audit.APPROVED.value
    return facts_of_cases(db, (_CASES.c.lot_id == lot_id) & approved)


def facts_of_cases(db: Connection, where: ColumnElement[bool]) -> list[CaseFacts]:
    """Return the facts of the cases that a condition on graduation_case selects."""
    sealed = exists().where(_HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.reason == "partner-seal")
    packed = select(_SHEETS.c.case_id).join(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
    left = _CASES.c.id.in_(packed.where(_PACKAGES.c.dispatched_at.is_not(None)))
    away = or_(_CASES.c.custody.in_([state.value for state in _AWAY]), left)
    columns = (
        *(_CASES.c[name] for name in ("registration", "custody")),
        *(_CASES.c[f"{part}_received_at"] for part in ("audit", "certificate", "photo")),
        sealed.label("sealed"),
        away.label("away"),
    )
    return [_facts(row) for row in db.execute(select(*columns).where(where))]


def _facts(row: Row[tuple[object, ...]]) -> CaseFacts:
    said = {
        "sent-to-registry": row.registration in _SENT,
        "dispatched": bool(row.away),
        "handed-over": row.custody == Custody.HANDED_OVER,
    }
    arrivals = (row.audit_received_at, row.certificate_received_at, row.photo_received_at)
    done = frozenset(name for name, is_done in said.items() if is_done)
    return CaseFacts(done, None if row.sealed else complete_on(arrivals), bool(row.sealed))


def counted(facts: Iterable[CaseFacts], duty: Duty, started_on: date) -> tuple[int, int]:
    """Return how many cases one clock of a duty covers, and how many of them are open."""
    covered = [one for one in facts if covers(one, duty, started_on)]
    return len(covered), sum(duty.done not in one.done for one in covered)


def covers(facts: CaseFacts, duty: Duty, started_on: date) -> bool:
    """Say whether one clock of a duty covers a case of its lot.

    A clock of data covers those of its day (R2); the end of a batch, those that wait for no seal (T1, N2).
    """
    if duty.by_end_of and facts.sealed:
        return False
    return "complete-data" not in duty.starts or facts.complete == started_on
