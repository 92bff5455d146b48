"""Amending a season in force: a new version of its pack, or days off published since (G1, T4).

An amendment alone moves what was promised. It is seen before it happens: the same work in a transaction that
is taken back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from models import archive
from models.database import reading, transaction, trial
from models.event import record
from rules.amendment import (
    MilestoneChange,
    PlanDifference,
    PromiseChange,
    changed_milestones,
    changed_plan,
    changed_promises,
)
from rules.calendar_file import SuppliedYear, supplied_years
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.milestones import milestones
from rules.pack_yaml import read_yaml
from rules.refusals import Refused
from rules.season import Pack, parse_pack
from rules.timeline import in_turn, phases_of, planned_series
from tasks.amendment_obstacles import refuse_impossible
from tasks.closure import refuse_closed
from tasks.lot import all_approved_lots
from tasks.plan import change_plan, on_plan
from tasks.policy import own_pack, policy_row, put_policy, season_pack, with_calendars
from tasks.promise import start_lot_promises, stored_standings
from tasks.promise_moves import move_due_days, running_promises
from tasks.seasons import season_meant


@dataclass(frozen=True)
class Amendment:
    """What an amendment changes. new: False for what is in force already, which changes nothing.

    pack_version: the pack's own. policy_hash: of pack and calendar years together. calendar: the version of
    the workday calendar on the day of the amendment.
    """

    season: str
    new: bool
    pack_version: int
    policy_hash: str
    calendar: str
    promises: list[PromiseChange]
    milestones: list[MilestoneChange]
    plan: list[PlanDifference]


@dataclass(frozen=True)
class _Asked:
    """A file that was read: the policy before and after; what is new in it goes into the archive.

    published: the first day of publication of a calendar; None for a pack.
    """

    before: Pack
    after: Pack
    text: str
    published: date | None

    @property
    def is_new(self) -> bool:
        return self.before.hash != self.after.hash


def preview(text: str, file: str, as_of: datetime, season: str = "") -> Amendment:
    """Return what amending would change, and change nothing.

    text: YAML of a pack, or of calendar years (then season names whose; default the only one). Raises
    Refused: for a file that cannot be read, season-unknown, season-several, amend-…
    """
    asked = _read(text, file, as_of, season)
    with trial() as db:
        return _change(db, asked, as_of)


def amend(text: str, file: str, as_of: datetime, actor: str, reason: str, season: str = "") -> Amendment:
    """Put an amendment in force and return what it changed; again, nothing. Refuses as `preview` does.

    actor, reason: who amends and why, for the event. Deployments follow by `biye season deploy`.
    """
    asked = _read(text, file, as_of, season)
    if asked.is_new:
        digest = archive.keep(asked.text.encode())
    with transaction() as db:
        done = _change(db, asked, as_of)
        if done.new:
            version = _put(db, asked, digest, as_of)
            _record(db, done, asked, version, as_of, actor, reason)
    return done


def _read(text: str, file: str, as_of: datetime, season: str) -> _Asked:
    content = read_yaml(text, file)
    if isinstance(content, dict) and "season" in content:
        return _read_pack(text, file)
    years = supplied_years(text, file)
    _refuse_unpublished(years, file, day_in_shanghai(as_of))
    before = season_pack(season_meant(season))
    return _Asked(before, before.with_calendar_years(years), text, min(one.published for one in years))


def _read_pack(text: str, file: str) -> _Asked:
    asked = parse_pack(text, file)
    before = season_pack(asked.season)
    with reading() as db:
        known = policy_row(db, asked.season)
    own = own_pack(known) if known else asked
    if own.hash == asked.hash:
        return _Asked(before, before, text, None)
    if asked.version <= own.version:
        raise Refused("amend-version", file=file, given=asked.version, version=own.version)
    return _Asked(before, with_calendars(asked, known.calendars if known else ()), text, None)


def _refuse_unpublished(years: tuple[SuppliedYear, ...], file: str, today: date) -> None:
    if not years:
        raise Refused("amend-nothing", file=file)
    for year in years:
        if year.published > today:
            raise Refused("amend-not-published", file=file, published=year.published, day=today)


def _change(db: Connection, asked: _Asked, as_of: datetime) -> Amendment:
    """Do everything but adopt the policy: promises and plan follow from what they will be."""
    season, today = asked.after.season, day_in_shanghai(as_of)
    calendar = season_calendar(asked.after, today)
    promised, planned = running_promises(db, season), on_plan(db, season)
    if asked.is_new:
        refuse_closed(db, season)
        refuse_impossible(db, asked.before, asked.after)
        if _starts_otherwise(asked):
            for lot_id in all_approved_lots(db, season):
                start_lot_promises(db, lot_id, asked.after, calendar, as_of)
        move_due_days(db, season, asked.before, asked.after, calendar)
        stored_standings(db, season, asked.after, calendar, as_of)
        if planned:  # a season that was adopted and never deployed has no plan to move
            change_plan(season, phases_of(map(in_turn, planned_series(asked.after))), as_of, db)
    return Amendment(
        *(season, asked.is_new, asked.after.version, asked.after.hash, calendar.version),
        changed_promises(promised, running_promises(db, season), today),
        _milestones(asked, today),
        changed_plan(planned, on_plan(db, season)),
    )


def _starts_otherwise(asked: _Asked) -> bool:
    """Say whether lots may have other clocks than before, not only other due days."""
    before, after = asked.before, asked.after
    return before.duties != after.duties or before.issue_date != after.issue_date


def _milestones(asked: _Asked, today: date) -> list[MilestoneChange]:
    """Compare the timelines: of a calendar, with the last day before it was published."""
    known = asked.published - timedelta(days=1) if asked.published else today
    old = milestones(asked.before, season_calendar(asked.before, known))
    new = milestones(asked.after, season_calendar(asked.after, today))
    return changed_milestones(old, new) if asked.is_new else []


def _put(db: Connection, asked: _Asked, digest: str, as_of: datetime) -> int:
    known: Any = policy_row(db, asked.after.season)
    if asked.published:
        return put_policy(db, asked.after, known.archived, [*known.calendars, digest], as_of)
    return put_policy(db, asked.after, digest, known.calendars, as_of)


def _record(
    db: Connection, done: Amendment, asked: _Asked, version: int, as_of: datetime, actor: str, reason: str
) -> None:
    said = {
        "reason": reason,
        "version": version,
        "hash": [asked.before.hash, done.policy_hash],
        "calendar": done.calendar,
        "promises": [
            [one.what, one.promise.promise, one.promise.duty, str(one.old), str(one.new)]
            for one in done.promises
        ],
        "milestones": [
            [one.what, (one.new or one.old).en, _days(one.old), _days(one.new)]  # type: ignore[union-attr]
            for one in done.milestones
        ],
        "plan": [[one.flow, one.batch, len(one.added), len(one.gone)] for one in done.plan],
    }
    ids = [one.promise.promise for one in done.promises]
    record(db, f"season:{done.season}", "policy-amended", as_of, actor=actor, ids=ids, **said)


def _days(one: Any) -> list[str]:
    return [str(one.first), str(one.last)] if one else []
