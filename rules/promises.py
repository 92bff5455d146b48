"""Promises: from which day a duty's clock runs, when it falls due, and how it stands on a day (T4, R2, G3).

The day of the event is day 0, the due day itself is in time. Everything follows from the pack's duties and a
workday calendar; nothing of a season is here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from rules.calendar import Calendar, workdays_after, workdays_between
from rules.clock import day_in_shanghai
from rules.deadlines import alarm_days, day_of, due_day, duty_clause
from rules.season import Pack
from rules.season_dates import Duty
from rules.season_parts import Confirmation, Feedback

DWELL = "dwell"
FEEDBACK = "feedback"  # HQ answers a problem of a certificate or its record (N5)
CONFIRMATION = "confirmation"  # the student confirms the record (N5)
PICKUP_LABELS = {
    FEEDBACK: ("证书问题处理", "Problem of a certificate answered"),
    CONFIRMATION: ("学生核对学信网信息", "CHSI record confirmed by the student"),
}
BATCH_END = "batch-end"  # certificates done by the end of their batch; what is not goes on as its tail (N1)
BREACHED_MARK = "breached"


class PromiseState(StrEnum):
    """How a promise stands today."""

    RUNNING = "running"
    WARNED = "warned"  # an alarm day has come
    BREACHED = "breached"  # due day over, not done
    DONE = "done"
    LATE = "late"  # done after its due day


CHINESE = {
    PromiseState.RUNNING: "进行中",
    PromiseState.WARNED: "临近到期",
    PromiseState.BREACHED: "已逾期",
    PromiseState.DONE: "按时完成",
    PromiseState.LATE: "逾期完成",
}


@dataclass(frozen=True)
class Clock:
    """One reading of a duty: its name (`in-hand/issue-date` where a duty has several), day 0, due day."""

    name: str
    clause: str
    started_on: date
    due_on: date | None


def reading_name(duty: Duty, start: str) -> str:
    """Return the name of one reading of a duty: the duty's own, and the start if there are several (G3)."""
    return duty.name if len(duty.starts) == 1 else f"{duty.name}/{start}"


def duty_of(pack: Pack, name: str) -> Duty | None:
    """Return the duty behind a reading's name; None for what is no duty, or none of this season."""
    return pack.duty(name.split("/")[0])


def said_labels(pack: Pack, name: str) -> tuple[str, str]:
    """Return what a promise is called, in Chinese and English; empty for a dwell time, whose holder tells."""
    duty = duty_of(pack, name)
    return (duty.label, duty.label_en) if duty else PICKUP_LABELS.get(name, ("", ""))


def outlives_closing(pack: Pack, name: str) -> bool:
    """Say whether a promise goes on after its season is closed: what a scan or a person at pick-up ends (N5).

    No phase of a closed season runs any more; a certificate that waits at a unit is still to be handed out,
    and what a student was asked or fed back at pick-up is still to be answered.
    """
    duty = duty_of(pack, name)
    by_person = name in PICKUP_LABELS or (duty is not None and duty.done == "handed-over")
    return by_person or name.startswith(f"{DWELL}/")


def complete_on(received: Iterable[datetime | None]) -> date | None:
    """Return the day on which the last of a case's data arrived; None while one is missing (R2)."""
    arrivals = list(received)
    days = [day_in_shanghai(arrival) for arrival in arrivals if arrival is not None]
    return max(days) if days and len(days) == len(arrivals) else None


def lot_clocks(
    pack: Pack, approved_on: date, complete: Iterable[date], calendar: Calendar, batch: int | None = None
) -> list[Clock]:
    """Return every clock that runs for a lot from its approval on.

    complete: the days on which cases of the lot had their complete data; each is a clock of its own (R2).
    batch: the lot's, for the duty to be done by its end (T1, N1); left out without it.
    Duties of the season as a whole (N8) are not a lot's. Raises Refused calendar-missing.
    """
    days = {
        "lot-approval": [approved_on],
        "audit-approval": [approved_on],
        "issue-date": [pack.issue_date],
        "complete-data": sorted(set(complete)),
    }
    return [
        Clock(
            reading_name(duty, start),
            duty_clause(pack, duty, batch),
            day,
            due_day(pack, duty, day, calendar, batch),
        )
        for duty in pack.duties
        if batch is not None or duty.by_end_of is None
        for start in duty.starts
        for day in days.get(start, ())
    ]


def dwell_clock(pack: Pack, holder: str, arrived_on: date) -> Clock | None:
    """Return the dwell clock of a package with a holder (branch, college, centre); None without a limit.

    Dwell times are calendar days.
    """
    for limit in pack.dwell:
        if limit.holder == holder:
            due = arrived_on + timedelta(days=limit.days)
            return Clock(f"{DWELL}/{holder}", limit.clause, arrived_on, due)
    return None


def pickup_clock(pack: Pack, name: str, asked_on: date, calendar: Calendar) -> Clock | None:
    """Return the clock of what a student asks of HQ or is asked (FEEDBACK, CONFIRMATION); None without one.

    Refused calendar-missing.
    """
    term = _pickup_terms(pack).get(name)
    if term is None:
        return None
    return Clock(name, term.clause, asked_on, workdays_after(asked_on, term.workdays, calendar))


def _pickup_terms(pack: Pack) -> dict[str, Feedback | Confirmation | None]:
    return {FEEDBACK: pack.feedback, CONFIRMATION: pack.confirmation}


def is_promised(pack: Pack, name: str) -> bool:
    """Say whether a pack still has the duty, the limit or the term behind a reading's name."""
    base, _, part = name.partition("/")
    if base == DWELL:
        return pack.dwell_days(part) is not None
    return pack.duty(base) is not None or _pickup_terms(pack).get(base) is not None


def due_again(
    pack: Pack, name: str, started: date, calendar: Calendar, batch: int | None = None
) -> date | None:
    """Return when a clock that runs falls due under this pack and calendar. Refused calendar-missing.

    name: of what the pack promises (`is_promised`).
    """
    base, _, part = name.partition("/")
    if base == DWELL:
        return started + timedelta(days=pack.dwell_days(part) or 0)
    if clock := pickup_clock(pack, base, started, calendar):
        return clock.due_on
    duty = pack.duty(base)
    return due_day(pack, duty, started, calendar, batch) if duty else None


def marks(
    pack: Pack, name: str, due: date | None, calendar: Calendar, batch: int | None = None
) -> dict[str, date]:
    """Return the day of each alarm of a promise, by its mark: workdays left, a clause's own warning, breach.

    batch: of the lot, for the warning of rows not sent to CHSI (N7).
    """
    if due is None:
        return {}
    duty = duty_of(pack, name)
    found = {}
    if duty:
        found = dict(zip(map(str, duty.alarms), alarm_days(duty, due, calendar), strict=True))
    warning = pack.registry_warning
    if warning and duty and duty.done == "sent-to-registry" and batch in warning.batches:
        warned_on = day_of(pack, warning.on, calendar)
        found |= {warning.clause: warned_on} if warned_on else {}
    return found | {BREACHED_MARK: due + timedelta(days=1)}


def state_on(today: date, alarms: dict[str, date], due: date | None, done: date | None) -> PromiseState:
    """Return how a promise stands on a day; its due day is in time, and without one it cannot be late.

    alarms: as `marks` gives them. done: the day it was kept, None while open.
    """
    if done is not None and done <= today:
        return PromiseState.LATE if due and done > due else PromiseState.DONE
    if due and today > due:
        return PromiseState.BREACHED
    return PromiseState.WARNED if reached(today, alarms) else PromiseState.RUNNING


def reached(today: date, alarms: dict[str, date]) -> list[str]:
    """Return the marks whose day has come, the earliest first."""
    return sorted((mark for mark, day in alarms.items() if day <= today), key=lambda mark: alarms[mark])


def workdays_left(today: date, due: date | None, calendar: Calendar) -> int | None:
    """Return how many workdays remain, the due day included; negative when past, None without a due day."""
    return None if due is None else workdays_between(today, due, calendar)
