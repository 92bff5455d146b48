"""What happens in a replay, and when: the clock jumps between the dates on which something does.

Days with files that follow each other closely end with one evening of work: before a pause, and on a batch's
last day. It takes in what came, audits where audit data or grades are among it, and registers, certifies and
dispatches whatever is due in any batch. Between these evenings stand the days that the season's policy names,
and what people do with what waits for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from rules.batch_windows import BatchWindow
from rules.clock import at_time
from rules.deadlines import day_of
from rules.season import Pack
from rules.windows import batch_open_at, windows_for

EVENING = time(23, 59, 59)
PICK_UP = time(15)  # students come to their centres
OFFICE = time(10)  # people at HQ act
PAUSE = timedelta(days=15)  # without files: what came is taken in, and HQ works on what it has
TAIL = timedelta(days=10)  # after a closing
BACK = timedelta(days=15)  # after an amendment
ANSWERED = timedelta(days=14)  # after the last dispatch: the registry's last answers are taken in
COLLECTED = timedelta(days=21)
SEALED = timedelta(days=30)  # from printing until the partner university has sealed (N2)


class Act(StrEnum):
    """What one step does; the first ten are phases, run as deployed where they find something to do."""

    OPEN = "open"
    INTAKE = "intake"
    AUDIT = "audit"
    REGISTER = "register"  # this and the next two: of each batch in which something is due (N1)
    CERTIFY = "certify"
    DISPATCH = "dispatch"
    CLOSE = "close"
    WATCH = "watch"
    CLEANUP = "cleanup"
    GAP_CHECK = "gap-check"
    RECEIVE = "receive"  # a day's files
    APPROVE = "approve"  # whatever waits for a second person
    NAME_URGENT = "name-urgent"  # whom units asked for, proposed and approved (N4)
    URGENT = "urgent"  # the urgent lane's own run, once the lots are approved
    ANSWER = "answer"  # the registry's stand-in
    CORRECT = "correct"  # what the registry sent back is looked at
    SEAL = "seal"  # to the partner university and back (N2)
    AMEND = "amend"  # the season's policy or calendar changes
    UPLOAD = "upload"  # packages whose upload had to wait
    CARRY = "carry"  # scans from HQ to the centres
    COLLECT = "collect"  # students fetch their certificates, and look their records up
    END = "end"  # the season is to be closed, if no gap is unexplained (N5)
    NOTIFY = "notify"  # students are told that their enrolment ends (N8)
    WITHDRAW = "withdraw"  # withdrawals are exported and uploaded, the registry's stand-in answers


TAKING = (Act.INTAKE, Act.APPROVE, Act.CORRECT)
AUDITING = (Act.NAME_URGENT, Act.AUDIT, Act.APPROVE, Act.URGENT)
FINISHING = (Act.REGISTER, Act.APPROVE, Act.ANSWER, Act.CERTIFY, Act.DISPATCH, Act.CARRY)


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
    with_files, decisive = sorted(set(days)), set(deciding)
    worked = working_days(pack, with_files, decisive)
    audited = audit_days(pack, worked, decisive)
    steps = [step for day in with_files for step in _day(pack, day, worked, audited)]
    steps += [step for day in amended for step in _amendment(day)]
    last = max([*with_files, pack.issue_date])
    steps += [*_named_days(pack), *_cleanups(pack), *_end(pack, last)]
    return sorted(steps, key=lambda step: step.at)


def batch_of(pack: Pack, day: date) -> int:
    """Return the batch whose intake takes the files of a day; between batches the one before."""
    noon = _noon(day)
    if (found := batch_open_at(pack, noon)) is not None:
        return found
    closed = [one.batch for one in windows_for(pack, "audit-data") if one.is_over(noon)]
    return closed[-1] if closed else pack.open_batches[0].number


def working_days(pack: Pack, days: list[date], deciding: set[date]) -> set[date]:
    """Return the days that end with work: before a pause and last, within a batch and after all of them.

    What comes between batches waits for the next, as no schedule runs in between (N4); so does what comes on
    a closing day with nothing to decide, for the closing.
    """
    windows = windows_for(pack, "audit-data")
    closings = {_last_day(one) for one in windows} - deciding
    groups = [[day for day in days if one.holds(_noon(day)) and day not in closings] for one in windows]
    groups.append([day for day in days if all(one.is_over(_noon(day)) for one in windows)])
    return {
        day for own in groups for day, following in pairwise([*own, date.max]) if following - day >= PAUSE
    }  # fmt: skip


def audit_days(pack: Pack, worked: set[date], deciding: set[date]) -> set[date]:
    """Return the working days within a batch before which something to decide came."""
    found = set()
    for before, day in pairwise([date.min, *sorted(worked)]):
        came = any(before < one <= day for one in deciding)
        if came and batch_open_at(pack, _noon(day)) is not None:
            found.add(day)
    return found


def _noon(day: date) -> datetime:
    return at_time(day, time(12))


def _last_day(window: BatchWindow) -> date | None:
    return window.closes and (window.closes - timedelta(microseconds=1)).date()


def _day(pack: Pack, day: date, worked: set[date], audited: set[date]) -> Iterator[Step]:
    at, batch = at_time(day, EVENING), batch_of(pack, day)
    yield Step(at, Act.RECEIVE)
    if day not in worked:
        return
    acts = (*TAKING, *(AUDITING if day in audited else ()), *FINISHING)
    yield from (Step(at, act, batch) for act in acts)
    yield Step(at + timedelta(days=1), Act.SEAL)
    yield Step(at + SEALED, Act.SEAL)
    if day >= pack.issue_date:
        yield Step(at + timedelta(days=6), Act.COLLECT)


def _amendment(day: date) -> Iterator[Step]:
    """Yield a change of policy or calendar, and the uploads that had waited for people to come back."""
    yield Step(at_time(day, OFFICE), Act.AMEND)
    yield from (Step(at_time(day + BACK, OFFICE), act) for act in (Act.UPLOAD, Act.ANSWER))


def _named_days(pack: Pack) -> Iterator[Step]:
    """Yield what the policy dates: openings, closings (on the day after), issue (N7), tails (N1)."""
    phases_at, windows = pack.schedule.phases_at, windows_for(pack, "audit-data")
    for place, window in enumerate(windows):
        if place and window.opens:
            yield Step(at_time(window.opens.date(), phases_at), Act.OPEN, window.batch)
            yield Step(at_time(max(window.opens.date(), pack.issue_date), PICK_UP), Act.COLLECT)
        if last := _last_day(window):
            closed = at_time(last + timedelta(days=1), pack.schedule.closings_at)
            yield Step(closed, Act.CLOSE, window.batch)
            if window is windows[-1]:
                yield from (Step(closed + TAIL, act) for act in (Act.SEAL, *FINISHING))
    issue = at_time(pack.issue_date, phases_at)
    yield Step(issue - timedelta(minutes=30), Act.COLLECT)  # before any record is public (N5, N7)
    yield Step(issue, Act.INTAKE, batch_of(pack, pack.issue_date))
    yield Step(at_time(pack.issue_date, pack.schedule.watch_at or phases_at), Act.WATCH)
    yield Step(at_time(pack.issue_date, PICK_UP), Act.COLLECT)


def _cleanups(pack: Pack) -> Iterator[Step]:
    """Yield N8's steps: candidates, the list under approval once extensions are in, withdrawals, answers."""
    for cleanup in pack.cleanups:
        begins, ends = day_of(pack, cleanup.not_before), day_of(pack, cleanup.end)
        listed = day_of(pack, pack.extension.list_by) if pack.extension else begins
        if begins is None or ends is None or listed is None:
            continue
        decided = max(begins, listed) + timedelta(days=3)
        days = {
            begins: (Act.CLEANUP,),
            decided: (Act.NOTIFY, Act.CLEANUP, Act.APPROVE),
            decided + timedelta(days=7): (Act.WITHDRAW,),
        }
        for day, acts in days.items():
            yield from (Step(at_time(day, pack.schedule.phases_at), act) for act in acts)


def _end(pack: Pack, last: date) -> Iterator[Step]:
    """Yield what follows the last files: answers, the last students, the gaps, a look at every promise."""
    phases_at = pack.schedule.phases_at
    closings = [day + timedelta(days=1) for one in windows_for(pack, "audit-data") if (day := _last_day(one))]
    ends = [day for one in pack.cleanups if (day := day_of(pack, one.end))]
    answered, left = max([last + ANSWERED, *ends]), last + COLLECTED + timedelta(days=1)
    yield Step(at_time(answered, phases_at), Act.INTAKE, batch_of(pack, last))
    yield Step(at_time(last + COLLECTED, PICK_UP), Act.COLLECT)
    yield from (Step(at_time(left, phases_at), act) for act in (Act.APPROVE, *FINISHING))
    yield Step(at_time(left + timedelta(days=7), PICK_UP), Act.COLLECT)
    end = max([left + timedelta(days=8), answered, *closings])
    yield Step(at_time(end, phases_at), Act.GAP_CHECK)
    yield Step(at_time(end, pack.schedule.watch_at or phases_at), Act.WATCH)
    yield Step(at_time(end, time(19)), Act.END)
