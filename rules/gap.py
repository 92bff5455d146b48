"""Gap check (查缺补漏): how far each eligible person has come, and for whoever misses the next step why (N5).

Eligible are the season's cases, and whoever stands on one of its rosters with enough terms of study and
has no case. Steps are taken in order: a certificate that was sent before its registration was accepted
counts from the acceptance on, for hand-over needs both.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.audit import ENROLLED
from rules.confirmation import RecordCheck
from rules.gap_causes import CAUSES, UNEXPLAINED, Owner, Step
from rules.reference import HQ
from rules.season import Pack
from rules.states import Audit, Certificate, Custody, Registration
from rules.terms import terms_studied

STEPS = tuple(Step)
GOOD_SHEET = (Certificate.PRINTED, Certificate.AT_PARTNER, Certificate.SEALED, Certificate.PACKED)
LEFT_HQ = tuple(set(Custody) - {Custody.NONE, Custody.AT_HQ, Custody.RETURNED})
TRACK_OF = {  # the track whose hold explains that a step is missing
    Step.AUDITED: "audit",
    Step.REGISTERED: "registration",
    Step.CERTIFICATE: "certificate",
    Step.DISPATCHED: "dispatch",
    Step.HANDED_OVER: "hand-over",
    Step.CONFIRMED: "visibility",  # a record that is held back cannot be looked up (N7)
}
_CAUSE_OF = {cause.code: cause for cause in (*CAUSES, UNEXPLAINED)}
_LEVELS = {3: Owner.BRANCH, 5: Owner.COLLEGE, 7: Owner.CENTRE}


class Answer(StrEnum):
    """The columns that explain a person's place, beside those that the person came with."""

    STEP = "step"
    MISSING = "missing"
    CAUSE = "cause"
    DETAIL = "detail"
    OWNER = "owner"
    UNIT = "unit"
    SINCE = "since"


def may_graduate(students: pd.DataFrame, pack: Pack) -> pd.Series:
    """Return who of a roster can graduate by the terms since entry, and so has to be asked for (N5, N8).

    students: entry_term, status. Returns bool, indexed like students.
    """
    terms = terms_studied(students["entry_term"], pack.season)
    enough = (terms >= pack.audit.minimum_terms) & (terms <= pack.validity.terms)
    return students["status"].isin(ENROLLED) & enough


def explain(people: pd.DataFrame, holds: pd.DataFrame) -> pd.DataFrame:
    """Return each person's step and, below the last, the step missing, its cause, owner, unit and since when.

    people: has_case, audit, registration, certificate, custody, visibility, dispatched (bool: has left HQ
    once), unmet (code of the first unmet audit rule or ""), certificate_data (bool), sheets, branch, centre,
    holder, expected, came_at, held_since, handed_over_at, record (a RecordCheck, "" before hand-over), the
    first open problem and finding (problem, finding: "" without one; …_owner, …_since), stocktake (why the
    last one did not find it, "" where it did), and the two clocks of a certificate at its centre: slow,
    months_over (bool). holds: case_id, track, reason, detail, owner, since; the first of a track counts.
    """
    steps = _steps(people)
    missing = pd.Series([STEPS[place + 1] if place + 1 < len(STEPS) else "" for place in steps], people.index)
    told = people.assign(missing=missing.astype(str)).join(_hold_of(people, missing, holds))
    chosen = [(told["missing"] == cause.missing) & cause.applies(told) for cause in CAUSES]
    codes = np.select(chosen, [cause.code for cause in CAUSES], UNEXPLAINED.code)
    told["step"] = [str(STEPS[place]) for place in steps]
    told["cause"] = pd.Series(codes, people.index, dtype=object).where(told["missing"] != "", "")
    return told.assign(**_answers(told))[[*people.columns, *map(str, Answer)]]


def _steps(people: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return how many steps after the first each person has taken without a gap."""
    reached = [
        people["has_case"] & (people["audit"] == Audit.APPROVED),
        people["registration"] == Registration.ACCEPTED,
        people["certificate"].isin(GOOD_SHEET),
        people["dispatched"] & people["custody"].isin(LEFT_HQ),
        people["custody"] == Custody.HANDED_OVER,
        (people["record"] == RecordCheck.CONFIRMED) & (people["problem"] == ""),
    ]
    so_far: npt.NDArray[np.bool_] = np.logical_and.accumulate(np.array(reached, dtype=bool))
    taken: npt.NDArray[np.int64] = so_far.sum(axis=0, dtype=np.int64)
    return taken


def _hold_of(people: pd.DataFrame, missing: pd.Series, holds: pd.DataFrame) -> pd.DataFrame:
    """Return the first open hold on the track of the step that each person misses; "" without one."""
    first = holds.drop_duplicates(["case_id", "track"]).set_index(["case_id", "track"])
    keys = pd.MultiIndex.from_arrays([people["case_id"], missing.map(TRACK_OF).fillna("")])
    found = first[["reason", "detail", "owner", "since"]].reindex(keys).set_axis(people.index)
    found = found.set_axis(["hold", "hold_detail", "hold_owner", "hold_since"], axis=1)
    return found.fillna({"hold": "", "hold_detail": "", "hold_owner": ""})


def _answers(told: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns that follow from the cause: detail, owner, unit, since."""
    empty = {name: pd.Series("", told.index, dtype=object) for name in ("detail", "owner", "unit")}
    answers = empty | {"since": pd.Series(None, told.index, dtype=object)}
    for code in set(told["cause"]) - {""}:
        cause, mine = _CAUSE_OF[code], told["cause"] == code
        unit = told.loc[mine, cause.where].replace("", HQ).fillna(HQ) if cause.where else HQ
        answers["unit"][mine] = unit
        answers["owner"][mine] = str(cause.owner or "") or answers["unit"][mine].map(level_of)
        answers["detail"][mine] = told.loc[mine, cause.detail] if cause.detail else ""
        answers["since"][mine] = told.loc[mine, cause.since]
    return answers


def level_of(unit: str) -> str:
    """Return what kind of owner a unit is, by the length of its code.

    >>> level_of("010"), level_of("1100201")
    ('hq', 'centre')
    """
    return str(Owner.HQ if unit == HQ else _LEVELS.get(len(unit), Owner.HQ))
