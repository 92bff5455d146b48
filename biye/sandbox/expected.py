"""How the invented season should end: counts by exception, with one example each."""

from typing import TypedDict

import pandas as pd

from biye.sandbox.outbox import Outbox
from biye.sandbox.requests import urgent_students
from biye.sandbox.story import FAST_TRACK_PARTS, FATES, PARTS, Fate, Part, goes_on


class ExpectedException(TypedDict):
    """Something out of the ordinary: how many students it concerns, and one of them."""

    name: str
    zh: str
    clause: str
    unit: str
    count: int
    example: str


class Expected(TypedDict):
    """The season's totals. graduates: by the batch in which the audit passes; never = not this season.

    rows: written rows by kind, those of files sent again and of doubled rows included. spoiled: score rows
    among them that cannot be accepted.
    """

    students: int
    seed: int
    units: list[str]
    graduates: dict[str, int]
    files: dict[str, int]
    rows: dict[str, int]
    spoiled: int
    exceptions: list[ExpectedException]


def expect(students: pd.DataFrame, seed: int, units: list[str], outbox: Outbox) -> Expected:
    """Return what demo and tests may expect of a season."""
    batch = passes_in(students)
    counts = {name: int((batch == number).sum()) for name, number in (("1", 1), ("2", 2), ("never", 0))}
    return Expected(
        students=len(students),
        seed=seed,
        units=units,
        graduates=counts,
        files=dict(sorted(outbox.files.items())),
        rows=dict(sorted(outbox.rows.items())),
        spoiled=outbox.spoiled,
        exceptions=[*_fates(students), *(_parts(students) if len(units) > 1 else [])],
    )


def passes_in(students: pd.DataFrame) -> pd.Series:
    """Return the batch in which each student's audit passes, 0 = not this season."""
    outcomes = students["fate"].map({fate.name: fate.outcome for fate in FATES}).fillna("passes")
    batch = students["batch"].astype(int).clip(upper=2).mask(outcomes == "second", 2)
    return batch.mask(outcomes == "fails", 0)


def _fates(students: pd.DataFrame) -> list[ExpectedException]:
    groups = {fate.name: students[students["fate"] == fate.name] for fate in FATES}
    return [_exception(fate, "", groups[fate.name]) for fate in FATES if len(groups[fate.name])]


def _parts(students: pd.DataFrame) -> list[ExpectedException]:
    """Return the units' parts with the students that each concerns."""
    found = []
    for unit, part in PARTS.items():
        own = students[students["unit"] == unit]
        concerned = own[_concerned(own, part.name)]
        if len(concerned):
            found.append(_exception(part, unit, concerned))
    return found


def _concerned(own: pd.DataFrame, part: str) -> pd.Series:
    if part == "vacation-audit-data":
        return own["batch"] == 3
    if part in ("early-final-exam", "last-safe-day", "tail"):
        return (own["batch"] == 2) & (own["fate"] == "")
    if part in FAST_TRACK_PARTS:
        return goes_on(part, own) & (own["batch"] == 2)
    if part == "urgent":
        return own.index.to_series().isin(urgent_students(own).index)
    return own["batch"] > 0


def _exception(told: Fate | Part, unit: str, concerned: pd.DataFrame) -> ExpectedException:
    plain = concerned[concerned["fate"] == ""] if unit else concerned
    example = str((plain if len(plain) else concerned)["student_no"].iloc[0])
    return ExpectedException(
        name=told.name, zh=told.zh, clause=told.clause, unit=unit, count=len(concerned), example=example
    )
