"""Gap check of a season (N5): every eligible person at exactly one step, with cause and owner; read branch by
branch.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, exists, select

from models.bulk import read_frame
from models.case import Case, Decision, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package
from models.database import reading
from models.student import Student
from models.submission import Submission
from rules.clock import day_in_shanghai
from rules.deadlines import months_after
from rules.gap import STEPS, explain, may_graduate
from rules.gap_causes import CHINESE as STEPS_ZH
from rules.gap_causes import OWNERS_ZH, UNEXPLAINED, Step, said_cause
from rules.season import Pack
from rules.states import Audit
from tasks.gap_open import with_open
from tasks.stocktake_rows import not_found

_CASES, _DECISIONS, _HOLDS, _STUDENTS = (table_of(one) for one in (Case, Decision, Hold, Student))
_SHEETS, _PACKAGES, _SUBMISSIONS = table_of(CertificateSheet), table_of(Package), table_of(Submission)
_CONFIRMATIONS = table_of(Confirmation)
_FACTS = ("branch", "step", "missing", "cause", "detail", "owner", "unit")
MONTHS = 2  # after issue and arrival a certificate nobody fetched is named with its holder (G3)


@dataclass(frozen=True)
class Gap:
    """So many people of a branch who are at one step and miss the next for one cause."""

    people: int
    branch: str
    step: str
    missing: str
    cause: str
    detail: str
    owner: str
    unit: str


@dataclass(frozen=True)
class Gaps:
    """Where a season's people stand; whoever came to the last step is counted with no step missing."""

    season: str
    as_of: datetime
    counts: tuple[Gap, ...]

    @property
    def missing(self) -> list[Gap]:
        """Return the gaps."""
        return [one for one in self.counts if one.missing]

    @property
    def unexplained(self) -> int:
        """Return how many people are missing for no known reason."""
        return sum(one.people for one in self.missing if one.cause == UNEXPLAINED.code)

    def waterfall(self) -> list[tuple[Step, int]]:
        """Return how many people have come to each step or beyond."""
        here = Counter[str]()
        for one in self.counts:
            here[one.step] += one.people
        return [(step, sum(here[later] for later in STEPS[place:])) for place, step in enumerate(STEPS)]

    def by(self, *names: str) -> Counter[tuple[str, ...]]:
        """Return how many people are missing, summed by the named facts; the most first with most_common."""
        found = Counter[tuple[str, ...]]()
        for one in self.missing:
            found[tuple(getattr(one, name) for name in names)] += one.people
        return found

    def not_fetched(self) -> dict[str, int]:
        """Return how many certificates nobody fetched in two months, by holder (G3)."""
        over = {
            unit: people
            for (cause, unit), people in self.by("cause", "unit").items()
            if cause == "not-picked-up"
        }
        return dict(sorted(over.items()))


def season_gaps(season: str, pack: Pack, as_of: datetime, branch: str = "") -> Gaps:
    """Return where a season's people stand and why not further; branch: only this one."""
    with reading() as db:
        return gaps_of(db, season, pack, as_of, branch)


def gaps_of(db: Connection, season: str, pack: Pack, as_of: datetime, branch: str = "") -> Gaps:
    """Return the same in the caller's transaction."""
    counted = Counter[tuple[str, ...]]()
    for people in people_by_branch(db, season, pack, as_of, branch):
        counted.update(people[list(_FACTS)].itertuples(index=False, name=None))
    return Gaps(season, as_of, tuple(Gap(people, *facts) for facts, people in counted.items()))


def people_by_branch(
    db: Connection, season: str, pack: Pack, as_of: datetime, branch: str = ""
) -> Iterator[pd.DataFrame]:
    """Yield each branch's people, explained (rules.gap): ids of student, case, lot and package, no names."""
    for one in [branch] if branch else _branches(db, season):
        people = _with_clocks(_people(db, season, pack, one), pack, as_of)
        if len(people):
            unseen = not_found(db, (_CASES.c.season == season) & (_CASES.c.branch == one))
            people["stocktake"] = [unseen.get(case_id, "") for case_id in people["case_id"]]
            yield explain(with_open(db, people), _open_holds(db, season, one))


def _branches(db: Connection, season: str) -> list[str]:
    found = set(db.scalars(select(_CASES.c.branch).where(_CASES.c.season == season).distinct()))
    return sorted(found | set(db.scalars(select(_STUDENTS.c.branch).where(_on_roster(season)).distinct())))


def _on_roster(season: str) -> ColumnElement[bool]:
    """Whether a student's last roster was sent for the season."""
    sent = select(_SUBMISSIONS.c.id).where(_SUBMISSIONS.c.season == season)
    return _STUDENTS.c.submission_id.in_(sent)


def _people(db: Connection, season: str, pack: Pack, branch: str) -> pd.DataFrame:
    """Return a branch's cases, then those of its roster who can graduate and have none."""
    cases = read_frame(db, _of_cases(season, branch))
    roster = read_frame(db, _without_case(season, branch))
    roster = roster[may_graduate(roster, pack)] if len(roster) else roster
    people = pd.concat([cases, roster.drop(columns=["entry_term", "status"])], ignore_index=True)
    people["has_case"] = people["case_id"].notna()
    people["unmet"] = [rules[0]["code"] if rules else "" for rules in _listed(people["unmet"])]
    people["dispatched"] = people.pop("dispatched_at").notna()
    people["certificate_data"] = people.pop("certificate_submission").notna()
    people["record"] = people["record"].fillna("")
    people["sheets"] = people["sheets"].fillna(0).astype(int)
    return people


def _listed(unmet: pd.Series) -> list[list[dict[str, str]]]:
    return [rules if isinstance(rules, list) else [] for rules in unmet]


def _of_cases(season: str, branch: str) -> Any:
    tracks = [_CASES.c[name] for name in ("audit", "registration", "certificate", "custody", "visibility")]
    packed = [_PACKAGES.c[name] for name in ("holder", "expected", "held_since", "dispatched_at")]
    return (
        select(
            _CASES.c.student_id, _CASES.c.id.label("case_id"), _CASES.c.lot_id, _SHEETS.c.package_id,
            _CASES.c.branch, _STUDENTS.c.centre, *tracks, _DECISIONS.c.unmet,
            _CASES.c.certificate_submission, _SHEETS.c.sheet.label("sheets"), *packed,
            _CASES.c.audit_received_at.label("came_at"), _CASES.c.handed_over_at, _CONFIRMATIONS.c.record,
        )
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .outerjoin(_DECISIONS, _DECISIONS.c.id == _CASES.c.decision_id)
        .outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
        .outerjoin(_CONFIRMATIONS, _CONFIRMATIONS.c.case_id == _CASES.c.id)
        .where(_CASES.c.season == season, _CASES.c.branch == branch)
        .order_by(_CASES.c.id)
    )  # fmt: skip


def _without_case(season: str, branch: str) -> Any:
    """Return students of the season's roster who have no case in it and did not graduate before."""
    known = exists().where(
        _CASES.c.student_id == _STUDENTS.c.id,
        (_CASES.c.season == season) | (_CASES.c.audit == Audit.APPROVED.value),
    )
    shown = (_STUDENTS.c.branch, _STUDENTS.c.centre, _STUDENTS.c.entry_term, _STUDENTS.c.status)
    came = _SUBMISSIONS.c.received_at.label("came_at")
    wanted = select(_STUDENTS.c.id.label("student_id"), *shown, came)
    mine = (_SUBMISSIONS.c.season == season, _STUDENTS.c.branch == branch, ~known)
    return wanted.join(_SUBMISSIONS, _SUBMISSIONS.c.id == _STUDENTS.c.submission_id).where(*mine)


def _with_clocks(people: pd.DataFrame, pack: Pack, as_of: datetime) -> pd.DataFrame:
    """Add how a certificate at its centre stands: slow (over the dwell limit), months_over (G3)."""
    today, limit = day_in_shanghai(as_of), pack.dwell_days("centre")
    days = {since: day_in_shanghai(since) for since in people["held_since"].dropna().unique()}
    slow = {since: limit is not None and today > day + timedelta(days=limit) for since, day in days.items()}
    over = {since: today > months_after(max(day, pack.issue_date), MONTHS) for since, day in days.items()}
    since = people["held_since"]
    return people.assign(
        slow=[slow.get(one, False) for one in since], months_over=[over.get(one, False) for one in since]
    )


def _open_holds(db: Connection, season: str, branch: str) -> pd.DataFrame:
    """Return the open holds of a branch, the oldest first."""
    names = ("case_id", "track", "reason", "detail", "owner", "since")
    wanted = select(*(_HOLDS.c[name] for name in names)).join(_CASES, _CASES.c.id == _HOLDS.c.case_id)
    mine = (_CASES.c.season == season, _CASES.c.branch == branch, _HOLDS.c.released_at.is_(None))
    return read_frame(db, wanted.where(*mine).order_by(_HOLDS.c.id))


def gap_rows(gaps: Gaps) -> list[dict[str, Any]]:
    """Return the gaps for a table: branch, step missing, cause in words, owner, people; the most first."""
    summed = gaps.by("branch", "missing", "cause", "detail", "owner").most_common()
    return [
        {
            "分部 branch": branch,
            "缺 missing": f"{STEPS_ZH[missing]} {missing}",
            "原因 cause": f"{said_cause(cause, detail)} {cause}",
            "责任方 owner": f"{OWNERS_ZH[owner]} {owner}",
            "人数 people": people,
        }
        for (branch, missing, cause, detail, owner), people in summed
    ]
