"""What happens in a replay, and when: the clock jumps between the dates on which something does.

Each day with files ends with an intake. A batch is audited, registered, certified and dispatched at the end
of its last day with files, and before a pause of some days within it; between these stand the days that the
season's policy names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from rules.clock import at_time
from rules.season import Pack
from rules.windows import batch_open_at, windows_for

EVENING = time(23, 59, 59)
PAUSE = timedelta(days=6)  # without files: HQ audits what it has
ANSWERED = timedelta(days=14)  # after the last dispatch: the registry's last answers are taken in
COLLECTED = timedelta(days=21)


class Act(StrEnum):
    """What one step does; the first seven are phases, each a deployed run."""

    OPEN = "open"
    INTAKE = "intake"
    AUDIT = "audit"
    REGISTER = "register"
    CERTIFY = "certify"
    DISPATCH = "dispatch"
    CLOSE = "close"
    WATCH = "watch"
    RECEIVE = "receive"  # a day's files
    APPROVE = "approve"  # whatever waits for a second person
    TAIL = "tail"  # certify and dispatch of earlier batches, where something became due (N1)
    ANSWER = "answer"  # the registry's stand-in
    CARRY = "carry"  # scans from HQ to the centres
    COLLECT = "collect"  # students fetch their certificates


@dataclass(frozen=True)
class Step:
    """One act at one instant of the replay. batch: None for the season's own."""

    at: datetime
    act: Act
    batch: int | None = None


def agenda(pack: Pack, days: Iterable[date]) -> list[Step]:
    """Return all steps of a replay in the order of the clock. days: those on which files come."""
    with_files = sorted(set(days))
    audited = audit_days(pack, with_files)
    steps = [step for day in with_files for step in _day(pack, day, day in audited)]
    last = max([*audited, *with_files, pack.issue_date])
    return sorted([*steps, *_named_days(pack), *_end(pack, last)], key=lambda step: step.at)


def batch_of(pack: Pack, day: date) -> int:
    """Return the batch whose intake takes the files of a day; between batches the one before."""
    noon = at_time(day, time(12))
    if (found := batch_open_at(pack, noon)) is not None:
        return found
    closed = [one.batch for one in windows_for(pack, "audit-data") if one.is_over(noon)]
    return closed[-1] if closed else pack.open_batches[0].number


def audit_days(pack: Pack, days: list[date]) -> set[date]:
    """Return the days that end with an audit: a batch's last, and those before a pause within it."""
    chosen = set()
    for batch in pack.open_batches:
        own = [day for day in days if batch_open_at(pack, at_time(day, time(12))) == batch.number]
        chosen |= {
            day for place, (day, following) in enumerate(pairwise(own)) if place and following - day >= PAUSE
        }
        chosen |= set(own[-1:])
    return chosen


def _day(pack: Pack, day: date, is_audited: bool) -> Iterator[Step]:
    at, batch = at_time(day, EVENING), batch_of(pack, day)
    acts = [Act.RECEIVE, Act.INTAKE, Act.APPROVE]
    if is_audited:
        acts += [Act.AUDIT, Act.APPROVE, Act.REGISTER, Act.APPROVE, Act.ANSWER, Act.CERTIFY, Act.DISPATCH]
        acts += [Act.TAIL, Act.CARRY]
    yield from (Step(at, act, batch) for act in acts)
    if is_audited and day >= pack.issue_date:
        yield Step(at_time(day, EVENING) + timedelta(days=6), Act.COLLECT)


def _named_days(pack: Pack) -> Iterator[Step]:
    """Yield what the policy dates: openings, closings (00:05 of the day after), issue (N7)."""
    windows = windows_for(pack, "audit-data")
    for place, window in enumerate(windows):
        if place and window.opens:
            yield Step(at_time(window.opens.date(), time(9)), Act.OPEN, window.batch)
        if window.closes:
            yield Step(window.closes + timedelta(minutes=5), Act.CLOSE, window.batch)
    issue = pack.issue_date
    yield Step(at_time(issue, time(9)), Act.INTAKE, batch_of(pack, issue))
    yield Step(at_time(issue, time(9, 30)), Act.WATCH)
    yield Step(at_time(issue, time(15)), Act.COLLECT)


def _end(pack: Pack, last: date) -> Iterator[Step]:
    """Yield what follows the last dispatch: answers, the last students, a last look at every promise."""
    yield Step(at_time(last + ANSWERED, time(9)), Act.INTAKE, batch_of(pack, last))
    yield Step(at_time(last + COLLECTED, time(15)), Act.COLLECT)
    closings = [one.closes.date() for one in windows_for(pack, "audit-data") if one.closes]
    yield Step(at_time(max([last + COLLECTED, *closings]), time(18)), Act.WATCH)
