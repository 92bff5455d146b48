"""Promises that begin at pick-up: HQ answers what was found wrong, students confirm their records (N5).

A problem has a promise of its own, whose holder is HQ. Of one package's students who were asked on one day
there is one promise, its centre's; the counts are taken from the confirmations each time.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from models.bulk import read_by
from models.certificate import CertificateSheet
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package
from models.promise import Promise, PromiseState
from rules.clock import day_in_shanghai
from rules.confirmation import RecordCheck
from rules.deadlines import season_calendar
from rules.promises import CONFIRMATION, FEEDBACK, pickup_clock
from rules.reference import HQ
from rules.season import Pack
from tasks.promise import keep_done, new_promise

PROBLEM = "problem"  # the subject of a promise about a problem; its id is the problem's
_PROMISES, _PACKAGES = table_of(Promise), table_of(Package)
_CONFIRMATIONS, _SHEETS = table_of(Confirmation), table_of(CertificateSheet)


def start_feedback(db: Connection, pack: Pack | None, problem: int, at: datetime) -> None:
    """Start HQ's clock for a problem; without a pack, or where the season sets no time, none runs."""
    if pack is not None:
        count = {"total": 1, "open": 1}
        _start(db, pack, FEEDBACK, (PROBLEM, problem), HQ, day_in_shanghai(at), at, count)


def end_feedback(db: Connection, problem: int, at: datetime) -> None:
    """End the clock of a problem that was settled."""
    mine = (*_about(FEEDBACK, PROBLEM, problem), _PROMISES.c.done_on.is_(None))
    db.execute(update(_PROMISES).where(*mine).values(open=0))
    keep_done(db, mine, at)


def count_confirmations(db: Connection, package_ids: Iterable[int], pack: Pack, at: datetime) -> None:
    """Count anew whose word about the record packages still wait for; start and end the clocks by it.

    Call it after the confirmations were changed, in the same transaction.
    """
    asked = _asked(db, list(package_ids))
    for (package, day), record in asked.groupby(["package_id", "asked_on"])["record"]:
        count = {"total": len(record), "open": int((record == RecordCheck.DEFERRED.value).sum())}
        mine = (*_about(CONFIRMATION, "package", int(package)), _PROMISES.c.started_on == day)
        if not _count(db, mine, count):
            holder = db.scalar(select(_PACKAGES.c.holder).where(_PACKAGES.c.id == int(package)))
            _start(db, pack, CONFIRMATION, ("package", int(package)), str(holder), day, at, count)
        keep_done(db, mine, at)


def _asked(db: Connection, package_ids: list[int]) -> Any:
    """Return package_id, asked_on and record of the confirmations of packages that had to wait."""
    inside = read_by(db, _SHEETS, ("case_id", "package_id"), "package_id", package_ids)
    waited = _CONFIRMATIONS.c.asked_on.is_not(None)
    names = ("case_id", "asked_on", "record")
    said = read_by(db, _CONFIRMATIONS, names, "case_id", inside["case_id"].tolist(), waited)
    return said.merge(inside, on="case_id")


def _count(db: Connection, mine: tuple[ColumnElement[bool], ...], count: dict[str, int]) -> bool:
    """Write the counts into a promise, which runs again if it owes anything; False if there is none."""
    again = {"done_on": None, "state": PromiseState.RUNNING.value} if count["open"] else {}
    return bool(db.execute(update(_PROMISES).where(*mine).values(**count, **again)).rowcount)


def _start(
    db: Connection,
    pack: Pack,
    name: str,
    subject: tuple[str, int],
    holder: str,
    day: date,
    at: datetime,
    count: dict[str, int],
) -> None:
    calendar = season_calendar(pack, day_in_shanghai(at))
    if clock := pickup_clock(pack, name, day, calendar):
        versions = {"calendar_version": calendar.version, "policy_hash": pack.hash}
        row = new_promise(pack.season, clock, *subject, holder, count)
        db.execute(insert(_PROMISES), row | versions)


def _about(duty: str, subject: str, subject_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        _PROMISES.c.duty == duty,
        _PROMISES.c.subject == subject,
        _PROMISES.c.subject_id == subject_id,
    )


def due_days() -> Any:
    """Return the subquery of each problem's due day: problem_id, due_on."""
    mine = (_PROMISES.c.duty == FEEDBACK, _PROMISES.c.subject == PROBLEM)
    columns = (_PROMISES.c.subject_id.label("problem_id"), _PROMISES.c.due_on)
    return select(*columns).where(*mine).subquery()


def overdue_confirmations(db: Connection, season: str, today: date) -> int:
    """Return how many students were asked of their records and have not answered by the due day."""
    mine = (_PROMISES.c.season == season, _PROMISES.c.duty == CONFIRMATION, _PROMISES.c.due_on < today)
    return int(db.scalar(select(func.coalesce(func.sum(_PROMISES.c.open), 0)).where(*mine)) or 0)
