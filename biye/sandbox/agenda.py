"""What happens in a replay, and when: the clock jumps between the dates on which something does.

Days with files that follow each other closely end with one intake. Before a pause within a batch, and on its
last day with audit data or grades, the batch is audited, registered, certified and dispatched too.
Between these stand the days that the season's policy names, and what people do with what waits for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from rules.clock import at_time
from rules.deadlines import day_of
from rules.season import Pack
from rules.windows import batch_open_at, windows_for

EVENING = time(23, 59, 59)
PAUSE = timedelta(days=15)  # without files: what came is taken in, and HQ audits what it has
TAIL = timedelta(days=10)  # after a closing
BACK = timedelta(days=15)  # after an amendment
ANSWERED = timedelta(days=14)  # after the last dispatch: the registry's last answers are taken in
COLLECTED = timedelta(days=21)
SEALED = timedelta(days=30)  # from printing until the partner university has sealed (N2)


class Act(StrEnum):
    """What one step does; the first ten are phases, each a deployed run."""

    OPEN = "open"
    INTAKE = "intake"
    AUDIT = "audit"
    REGISTER = "register"
    CERTIFY = "certify"
    DISPATCH = "dispatch"
    CLOSE = "close"
    WATCH = "watch"
    CLEANUP = "cleanup"
    GAP_CHECK = "gap-check"
    RECEIVE = "receive"  # a day's files
    APPROVE = "approve"  # whatever waits for a second person
    URGENT = "urgent"  # urgent cases proposed and approved, then run; once more when their lots are (N4)
    TAIL = "tail"  # register, certify and dispatch of earlier batches, where something became due (N1)
    ANSWER = "answer"  # the registry's stand-in
    CORRECT = "correct"  # what the registry sent back is looked at
    SEAL = "seal"  # to the partner university and back (N2)
    AMEND = "amend"  # the season's policy or calendar changes
    UPLOAD = "upload"  # packages whose upload had to wait
    CARRY = "carry"  # scans from HQ to the centres
    COLLECT = "collect"  # students fetch their certificates, and look their records up
    END = "end"  # the season is to be closed, if no gap is unexplained (N5)
    NOTIFY = "notify"  # students are told that their enrolment ends (N8)
    WITHDRAW = "withdraw"  # withdrawals are uploaded, the registry's stand-in answers


@dataclass(frozen=True)
class Step:
    """One act at one instant of the replay. batch: None for the season's own."""

    at: datetime
    act: Act
    batch: int | None = None


def agenda(
    pack: Pack, days: Iterable[date], deciding: Iterable[date], amended: Iterable[date] = ()
) -> list[Step]:
    """Return all steps of a replay in the order of the clock.

    days: those on which files come; deciding: those among them with audit data or grades; amended: those on
    which the policy or the calendar changes.
    """
    with_files = sorted(set(days))
    audited, taken = audit_days(pack, sorted(set(deciding))), intake_days(pack, with_files)
    ends = _ends(pack, audited)
    steps = [step for day in with_files for step in _day(pack, day, taken, audited, ends)]
    steps += [step for day in amended for step in _amendment(day)]
    last = max([*audited, *with_files, pack.issue_date])
    steps += [*_named_days(pack), *_cleanups(pack), *_end(pack, last)]
    return sorted(steps, key=lambda step: step.at)


def batch_of(pack: Pack, day: date) -> int:
    """Return the batch whose intake takes the files of a day; between batches the one before."""
    noon = at_time(day, time(12))
    if (found := batch_open_at(pack, noon)) is not None:
        return found
    closed = [one.batch for one in windows_for(pack, "audit-data") if one.is_over(noon)]
    return closed[-1] if closed else pack.open_batches[0].number


def audit_days(pack: Pack, deciding: list[date]) -> set[date]:
    """Return the days that end with an audit: a batch's last, and those before a pause within it."""
    chosen = set()
    for batch in pack.open_batches:
        own = [day for day in deciding if batch_open_at(pack, at_time(day, time(12))) == batch.number]
        chosen |= {day for day, following in pairwise(own) if following - day >= PAUSE}
        chosen |= set(own[-1:])
    return chosen


def intake_days(pack: Pack, days: list[date]) -> set[date]:
    """Return the days that end with an intake: the last before a pause, if no closing comes in between."""
    closings = [one.closes.date() for one in windows_for(pack, "audit-data") if one.closes]
    return {
        day for day, following in pairwise([*days, date.max])
        if following - day >= PAUSE and not any(day < closing <= following for closing in closings)
    }  # fmt: skip


def _ends(pack: Pack, audited: set[date]) -> set[date]:
    """Return each batch's last audited day: what is left then waits for the tail."""
    last = {batch_of(pack, day): day for day in sorted(audited)}
    return set(last.values())


def _day(pack: Pack, day: date, taken: set[date], audited: set[date], ends: set[date]) -> Iterator[Step]:
    at, batch, is_audited = at_time(day, EVENING), batch_of(pack, day), day in audited
    acts = [Act.RECEIVE]
    if is_audited or day in taken:
        acts += [Act.INTAKE, Act.APPROVE]
    if is_audited:
        acts += [
            Act.CORRECT,
            Act.AUDIT,
            Act.URGENT,
            Act.APPROVE,
            Act.URGENT,
            Act.REGISTER,
            Act.APPROVE,
            Act.ANSWER,
        ]
        acts += [Act.CERTIFY, Act.DISPATCH, *([] if day in ends else [Act.TAIL]), Act.CARRY]
    yield from (Step(at, act, batch) for act in acts)
    if is_audited:
        yield Step(at + timedelta(days=1), Act.SEAL)
        yield Step(at + SEALED, Act.SEAL)
        if day >= pack.issue_date:
            yield Step(at + timedelta(days=6), Act.COLLECT)


def _amendment(day: date) -> Iterator[Step]:
    """Yield a change of policy or calendar, and the uploads that had waited for people to come back."""
    yield Step(at_time(day, time(10)), Act.AMEND)
    yield Step(at_time(day + BACK, time(10)), Act.UPLOAD)


def _named_days(pack: Pack) -> Iterator[Step]:
    """Yield what the policy dates: openings, closings (00:05 of the day after), issue (N7), tails (N1)."""
    windows = windows_for(pack, "audit-data")
    for place, window in enumerate(windows):
        if place and window.opens:
            yield Step(at_time(window.opens.date(), time(9)), Act.OPEN, window.batch)
        if window.closes:
            yield Step(window.closes + timedelta(minutes=5), Act.CLOSE, window.batch)
            if window is windows[-1]:
                yield from (Step(window.closes + TAIL, act) for act in (Act.TAIL, Act.CARRY))
    issue = pack.issue_date
    yield Step(at_time(issue, time(8, 30)), Act.COLLECT)  # before any record is public (N5, N7)
    yield Step(at_time(issue, time(9)), Act.INTAKE, batch_of(pack, issue))
    yield Step(at_time(issue, time(9, 30)), Act.WATCH)
    yield Step(at_time(issue, time(15)), Act.COLLECT)


def _cleanups(pack: Pack) -> Iterator[Step]:
    """Yield N8's steps: candidates, the list under approval once extensions are in, withdrawals, answers."""
    for cleanup in pack.cleanups:
        begins, ends = day_of(pack, cleanup.not_before), day_of(pack, cleanup.end)
        listed = day_of(pack, pack.extension.list_by) if pack.extension else begins
        if begins is None or ends is None or listed is None:
            continue
        decided = max(begins, listed) + timedelta(days=3)
        yield Step(at_time(begins, time(9)), Act.CLEANUP)
        for acts, day in (
            ((Act.NOTIFY, Act.CLEANUP, Act.APPROVE), decided),
            ((Act.CLEANUP, Act.WITHDRAW), decided + timedelta(days=7)),
        ):
            yield from (Step(at_time(day, time(9)), act) for act in acts)


def _end(pack: Pack, last: date) -> Iterator[Step]:
    """Yield what follows the last files: answers, the last students, the gaps, a look at every promise."""
    closings = [one.closes.date() for one in windows_for(pack, "audit-data") if one.closes]
    ends = [day for one in pack.cleanups if (day := day_of(pack, one.end))]
    answered = max([last + ANSWERED, *ends])
    yield Step(at_time(answered, time(9)), Act.INTAKE, batch_of(pack, last))
    yield Step(at_time(last + COLLECTED, time(15)), Act.COLLECT)
    left, fetched = last + COLLECTED + timedelta(days=1), last + COLLECTED + timedelta(days=8)
    yield from (Step(at_time(left, time(9)), act) for act in (Act.APPROVE, Act.TAIL, Act.CARRY))
    yield Step(at_time(fetched, time(15)), Act.COLLECT)
    end = max([fetched, answered, *closings])
    yield Step(at_time(end, time(17)), Act.GAP_CHECK)
    yield Step(at_time(end, time(18)), Act.WATCH)
    yield Step(at_time(end, time(19)), Act.END)
