"""The promises that cover one case, and how each stands for this case alone (T4, R2, G3, dwell times)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from models.case import Case
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.promise import Promise
from rules.calendar import Calendar
from rules.clock import day_in_shanghai
from rules.confirmation import RecordCheck
from rules.deadlines import season_calendar
from rules.promises import CONFIRMATION, PromiseState, duty_of, marks, said_labels, state_on, workdays_left
from rules.season import Pack
from rules.season_dates import Duty
from tasks.case_confirmation import ConfirmationSeen
from tasks.promise_cases import CaseFacts, covers, facts_of_cases
from tasks.promise_pickup import PROBLEM

_CASES, _PROMISES, _PROBLEMS = table_of(Case), table_of(Promise), table_of(CertificateProblem)


@dataclass(frozen=True)
class CasePromise:
    """One promise as it stands for one case on a day; state and done_on are this case's own.

    left: workdays, negative when past, None once done. lot_open, lot_total: of the whole lot or package.
    """

    clause: str
    duty: str
    label: str
    label_en: str
    started_on: date
    due_on: date | None
    done_on: date | None
    left: int | None
    state: PromiseState
    holder: str
    lot_open: int
    lot_total: int


@dataclass(frozen=True)
class Dates:
    """When what was promised for a case happened; None: not yet. confirmation: what the student confirmed."""

    sent: datetime | None = None
    dispatched: datetime | None = None
    handed_over: datetime | None = None
    confirmation: ConfirmationSeen | None = None


@dataclass(frozen=True)
class NoClock:
    """A duty whose clock does not run for a case. reason: partner-seal or data-incomplete."""

    clause: str
    duty: str
    label: str
    reason: str


@dataclass(frozen=True)
class CasePromises:
    """What covers a case, by due day, and what does not run for it."""

    promises: list[CasePromise]
    no_clock: list[NoClock] = field(default_factory=list)


def case_promises(
    db: Connection, case: Row[Any], package_id: int | None, dates: Dates, pack: Pack, as_of: datetime
) -> CasePromises:
    """Return the promises of a case's lot and package that cover it. case: a row of graduation_case."""
    if case.lot_id is None:
        return CasePromises([])
    today = day_in_shanghai(as_of)
    calendar = season_calendar(pack, today)
    facts = facts_of_cases(db, _CASES.c.id == case.id)[0]
    found_rows = _rows(db, case, package_id)
    rows = [row for row in found_rows if _is_covered(row, facts, dates.confirmation, pack)]
    found = [_promise(row, facts, dates, case.batch, pack, calendar, today) for row in rows]
    found.sort(key=lambda one: (one.due_on or date.max, one.duty))
    return CasePromises(found, list(_no_clock(case, facts, pack, rows)))


def _rows(db: Connection, case: Row[Any], package_id: int | None) -> list[Row[Any]]:
    problems = select(_PROBLEMS.c.id).where(_PROBLEMS.c.case_id == case.id)
    of_problem = and_(_PROMISES.c.subject == PROBLEM, _PROMISES.c.subject_id.in_(problems))
    of_lot = and_(_PROMISES.c.subject == "lot", _PROMISES.c.subject_id == case.lot_id)
    of_package = and_(_PROMISES.c.subject == "package", _PROMISES.c.subject_id == package_id)
    mine = or_(of_lot, of_problem) if package_id is None else or_(of_lot, of_problem, of_package)
    return list(db.execute(select(_PROMISES).where(mine).order_by(_PROMISES.c.id)).all())


def _is_covered(row: Row[Any], facts: CaseFacts, said: ConfirmationSeen | None, pack: Pack) -> bool:
    """A package's clock of confirmations covers whom it was started for on its day (N5)."""
    if row.duty == CONFIRMATION:
        return said is not None and said.asked_on == row.started_on
    duty = duty_of(pack, row.duty)
    return duty is None or covers(facts, duty, row.started_on)


def _promise(
    row: Row[Any], facts: CaseFacts, dates: Dates, batch: int, pack: Pack, calendar: Calendar, today: date
) -> CasePromise:
    duty, (zh, en) = duty_of(pack, row.duty), said_labels(pack, row.duty)
    done_on = _done_on(row, duty, facts, dates)
    return CasePromise(
        clause=row.clause,
        duty=row.duty,
        label=zh,
        label_en=en,
        started_on=row.started_on,
        due_on=row.due_on,
        done_on=done_on,
        left=None if done_on else workdays_left(today, row.due_on, calendar),
        state=state_on(today, marks(pack, row.duty, row.due_on, calendar, batch), row.due_on, done_on),
        holder=row.holder,
        lot_open=row.open,
        lot_total=row.total,
    )


def _done_on(row: Row[Any], duty: Duty | None, facts: CaseFacts, dates: Dates) -> date | None:
    """Return the day on which it was done for this case; the promise's own where the case has no date."""
    said = dates.confirmation
    if row.duty == CONFIRMATION:
        answered = said and said.record != RecordCheck.DEFERRED and said.record_at
        return day_in_shanghai(answered) if answered else None
    if duty is None:
        return row.done_on  # type: ignore[no-any-return]
    if duty.done not in facts.done:
        return None
    at = {
        "sent-to-registry": dates.sent,
        "dispatched": dates.dispatched,
        "handed-over": dates.handed_over,
    }.get(duty.done)
    return day_in_shanghai(at) if at else row.done_on


def _no_clock(case: Row[Any], facts: CaseFacts, pack: Pack, rows: list[Row[Any]]) -> Iterator[NoClock]:
    """Name the duties that start with complete data and do not run: the seal (N2), or data that lack (R2)."""
    running = {row.duty for row in rows}
    for duty in pack.duties:
        if "complete-data" in duty.starts and duty.name not in running and facts.complete is None:
            arrived = case.certificate_received_at and case.photo_received_at
            reason = "partner-seal" if arrived else "data-incomplete"
            yield NoClock(duty.clause, duty.name, duty.label, reason)
