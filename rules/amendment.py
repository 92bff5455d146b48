"""What an amendment changes: promises, milestones and planned runs, each old → new (G1, T4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Literal

from rules.milestones import Milestone

What = Literal["moved", "appears", "disappears"]
Planned = tuple[str, int | None, datetime]  # flow, batch, instant


@dataclass(frozen=True)
class RunningPromise:
    """A promise that is not kept yet; its key is duty, subject and start."""

    promise: int
    duty: str
    clause: str
    subject: str
    subject_id: int
    batch: int | None
    branch: str
    started_on: date
    due_on: date | None

    @property
    def key(self) -> tuple[str, str, int, date]:
        """What makes it the same promise before and after."""
        return self.duty, self.subject, self.subject_id, self.started_on


@dataclass(frozen=True)
class PromiseChange:
    """One promise: its old and its new due day. late: the new day is over already."""

    what: What
    promise: RunningPromise
    old: date | None
    new: date | None
    late: bool


@dataclass(frozen=True)
class MilestoneChange:
    """One line of the timeline, before and after; None where there is none."""

    what: What
    old: Milestone | None
    new: Milestone | None


@dataclass(frozen=True)
class PlanDifference:
    """The days on which a flow of a batch (None: of the season) is planned anew, and no longer."""

    flow: str
    batch: int | None
    added: tuple[date, ...]
    gone: tuple[date, ...]


def changed_promises(
    before: Iterable[RunningPromise], after: Iterable[RunningPromise], today: date
) -> list[PromiseChange]:
    """Return the promises whose due day moved, and those that appear and disappear, by clause."""
    old, new = ({one.key: one for one in running} for running in (before, after))
    changed = [_promise(old.get(key), new.get(key), today) for key in {**old, **new}]
    return sorted(filter(None, changed), key=lambda one: (one.promise.clause, one.promise.key))


def _promise(old: RunningPromise | None, new: RunningPromise | None, today: date) -> PromiseChange | None:
    subject = new or old
    before, after = (one.due_on if one else None for one in (old, new))
    if subject is None or (old and new and before == after):
        return None
    late = after is not None and after < today and (before is None or before >= today)
    return PromiseChange(_what(old, new), subject, before, after, late)


def _what(old: object, new: object) -> What:
    if old is None:
        return "appears"
    return "moved" if new is not None else "disappears"


def changed_milestones(before: Iterable[Milestone], after: Iterable[Milestone]) -> list[MilestoneChange]:
    """Return the lines of a timeline whose days moved, and those that appear and disappear."""
    old, new = _by_name(before), _by_name(after)
    pairs = [pair for name in {**old, **new} for pair in zip_longest(old[name], new[name])]
    moved = [(a, b) for a, b in pairs if a is None or b is None or _days(a) != _days(b)]
    return [MilestoneChange(_what(a, b), a, b) for a, b in moved]


def _by_name(found: Iterable[Milestone]) -> Mapping[tuple[str, str, int | None], list[Milestone]]:
    named: dict[tuple[str, str, int | None], list[Milestone]] = defaultdict(list)
    for one in found:
        named[one.shape, one.en, one.batch].append(one)
    return named


def _days(one: Milestone) -> tuple[date | None, date | None, str | None]:
    return one.first, one.last, one.waits_for


def changed_plan(before: Iterable[Planned], after: Iterable[Planned]) -> list[PlanDifference]:
    """Return the planned runs that come and go, by flow and batch; instants in Asia/Shanghai."""
    old, new = set(before), set(after)
    added, gone = _days_of(new - old), _days_of(old - new)
    return [
        PlanDifference(flow, batch, tuple(sorted(added[flow, batch])), tuple(sorted(gone[flow, batch])))
        for flow, batch in sorted({**added, **gone}, key=lambda one: (one[1] or 0, one[0]))
    ]


def _days_of(planned: Iterable[Planned]) -> Mapping[tuple[str, int | None], set[date]]:
    found: dict[tuple[str, int | None], set[date]] = defaultdict(set)
    for flow, batch, due_at in planned:
        found[flow, batch].add(due_at.date())
    return found
