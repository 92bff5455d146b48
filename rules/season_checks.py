"""Checks over a whole pack: names that must exist, orders that must hold, rules that must not run in
circles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from rules.calendar import known_on
from rules.date_rules import resolve
from rules.refusals import Refused
from rules.season_batches import Span
from rules.season_problems import Problem
from rules.season_values import Sourced

if TYPE_CHECKING:
    from datetime import date

    from rules.season import Pack

REQUIRED_DATES = ("graduation", "issue")


def problems_of(pack: Pack) -> list[Problem]:
    """Return everything that is wrong with a pack whose parts are each well-formed."""
    checks = (_clauses, _dates, _named_dates, _batches, _orders, _numbers_named, _ways_out, _names_once)
    return [problem for check in checks for problem in check(pack)]


def sourced_parts(pack: Pack) -> Iterator[tuple[str, Sourced]]:
    """Give every sourced part of a pack with the path of its key."""
    yield from _walk("", pack)


def _walk(path: str, value: object) -> Iterator[tuple[str, Sourced]]:
    if isinstance(value, Sourced):
        yield path, value
    for name, child in _children(value):
        yield from _walk(f"{path}.{name}" if path else name, child)


def _children(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, BaseModel):
        yield from ((name, getattr(value, name)) for name in type(value).model_fields)
    elif isinstance(value, Mapping):
        yield from ((str(name), child) for name, child in value.items())
    elif isinstance(value, tuple):
        yield from ((str(place), child) for place, child in enumerate(value))


def _clauses(pack: Pack) -> Iterator[Problem]:
    for path, part in sourced_parts(pack):
        if part.clause not in pack.clauses:
            yield Problem(f"{path}.clause", part.clause, "a key of `clauses`: " + ", ".join(pack.clauses))


def _dates(pack: Pack) -> Iterator[Problem]:
    for name in REQUIRED_DATES:
        rule = pack.dates.get(name)
        if rule is None or rule.day is None:
            yield Problem(f"dates.{name}", "(missing)", "a fixed date with its `day`: every season needs it")
    for name, rule in pack.dates.items():
        if rule.anchor is not None and rule.anchor not in pack.dates:
            yield Problem(
                f"dates.{name}.anchor", rule.anchor, "another entry of `dates`: " + ", ".join(pack.dates)
            )
        elif _runs_in_circles(pack, name):
            yield Problem(
                f"dates.{name}.anchor", str(rule.anchor), "an anchor that does not lead back to itself"
            )


def _runs_in_circles(pack: Pack, name: str) -> bool:
    seen: set[str] = set()
    at: str | None = name
    while at is not None and at in pack.dates:
        if at in seen:
            return True
        seen.add(at)
        at = pack.dates[at].anchor
    return False


def _named_dates(pack: Pack) -> Iterator[Problem]:
    """Find parts that name a date which the pack lacks."""
    for path, part in sourced_parts(pack):
        for field in _date_fields(part):
            name = getattr(part, field)
            if isinstance(name, str) and name not in pack.dates:
                yield Problem(
                    f"{path}.{field}", name, "a day, or an entry of `dates`: " + ", ".join(pack.dates)
                )


def _date_fields(part: Sourced) -> list[str]:
    naming = {"opens", "closes", "deadline", "by", "on", "requests_until", "list_by"}
    naming |= {"not_before", "end", "published", "objections_until"}
    return [field for field in type(part).model_fields if field in naming]


def _batches(pack: Pack) -> Iterator[Problem]:
    counts = Counter(batch.number for batch in pack.batches)
    for index, batch in enumerate(pack.batches):
        if counts[batch.number] > 1:
            yield Problem(f"batches.{index}.number", str(batch.number), "a number that no other batch has")
        for place, window in enumerate(batch.windows):
            foreign = [kind for kind in window.kinds if kind not in batch.kinds]
            if foreign and batch.is_open:
                allowed = "kinds that this batch takes: " + ", ".join(sorted(batch.kinds))
                yield Problem(f"batches.{index}.windows.{place}.kinds", ", ".join(foreign), allowed)
    if not pack.open_batches:
        yield Problem("batches", "all cancelled", "at least one batch with status open")
    yield from _overlaps(pack)


def _overlaps(pack: Pack) -> Iterator[Problem]:
    """Find two open batches that audit on the same day: a row's batch is the one open when it came."""
    spans = [(batch.number, *_ends(pack, batch.audit)) for batch in pack.open_batches if batch.audit]
    for place, (number, opens, closes) in enumerate(spans):
        for other, starts, ends in spans[:place]:
            if opens and closes and starts and ends and opens <= ends and starts <= closes:
                where = f"batches (number {number}).audit"
                yield Problem(where, f"{opens} … {closes}", f"days outside batch {other}: {starts} … {ends}")


def _orders(pack: Pack) -> Iterator[Problem]:
    for path, part in sourced_parts(pack):
        if isinstance(part, Span) or hasattr(part, "opens"):
            opens, closes = _ends(pack, part)
            if opens and closes and opens > closes:
                yield Problem(f"{path}.closes", str(closes), f"a day not before `opens`, {opens}")
    graduation, issue = pack.dates.get("graduation"), pack.dates.get("issue")
    if graduation and issue and graduation.day and issue.day and graduation.day > issue.day:
        yield Problem("dates.graduation.day", str(graduation.day), f"not after the issue date, {issue.day}")


def _ends(pack: Pack, span: object) -> tuple[date | None, date | None]:
    """Return both ends of a span as far as they are known."""
    return _known_day(pack, getattr(span, "opens", None)), _known_day(pack, getattr(span, "closes", None))


def _known_day(pack: Pack, what: date | str | None) -> date | None:
    """Return a day by the pack's rules; None for one that waits, hangs on a wrong name, or needs an unknown
    year.
    """
    if not isinstance(what, str):
        return what
    if what not in pack.dates or any(problem.key.startswith("dates.") for problem in _dates(pack)):
        return None
    try:
        years = tuple(year.as_calendar_year() for year in pack.calendar_years)
        return resolve(pack.dates, what, known_on(None, years))
    except Refused:
        return None


def _numbers_named(pack: Pack) -> Iterator[Problem]:
    """Find parts that name a batch which does not run."""
    running = {batch.number for batch in pack.open_batches}
    allowed = "numbers of open batches: " + ", ".join(map(str, sorted(running)))
    if pack.fast_track and pack.fast_track.last_batch not in running:
        yield Problem("fast_track.last_batch", str(pack.fast_track.last_batch), allowed)
    for number in pack.registry_warning.batches if pack.registry_warning else ():
        if number not in running:
            yield Problem("registry_warning.batches", str(number), allowed)


def _ways_out(pack: Pack) -> Iterator[Problem]:
    """Find a way out that leads nowhere: late fast-track students in a season without an urgent lane."""
    if pack.fast_track and pack.fast_track.late_to_urgent and pack.urgent is None:
        yield Problem("fast_track.late_to_urgent", "true", "false without `urgent`")


def _names_once(pack: Pack) -> Iterator[Problem]:
    """Find names that two entries of one list share."""
    lists: dict[str, list[str]] = {
        "duties": [duty.name for duty in pack.duties],
        "cleanups": [cleanup.name for cleanup in pack.cleanups],
        "dwell": [limit.holder.value for limit in pack.dwell],
    }
    for key, names in lists.items():
        for name in (name for name, count in Counter(names).items() if count > 1):
            yield Problem(key, name, "each name once")
