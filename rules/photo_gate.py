"""The photo gate of the audit (R1): a missing or late photo stops a case where the season's gate blocks.

A gate that warns is no rule of the audit: there the photo is a hold and a warning.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from rules.audit_rule import EMPTY, Rule
from rules.season_parts import PhotoGate

_TESTED_ON = (("application", "applied_on"), ("branch-audit", "branch_audited_on"))


def photo_rules(cases: pd.DataFrame, gate: PhotoGate) -> Iterator[Rule]:
    """Yield a blocking gate's rules, one for each place at which it is tested."""
    if gate.mode != "block":
        return
    if "hq-audit" in gate.tested_at:
        missing = cases["photo_received_at"].isna().to_numpy(dtype=bool)
        yield Rule("R1-photo-none", missing, lambda _: "照片", lambda _: EMPTY)
    for place, column in _TESTED_ON:
        if place in gate.tested_at:
            yield _linked_by(cases, column, timedelta(days=gate.lead_days))


def _linked_by(cases: pd.DataFrame, column: str, lead: timedelta) -> Rule:
    """Compare the day of the photo's link with a day of the case, less the lead time; that day is inside."""
    linked = [_day(day) for day in cases["photo_linked_on"]]
    latest = [day and day - lead for day in map(_day, cases[column])]
    pairs = zip(linked, latest, strict=True)
    late = [day is None or (last is not None and day > last) for day, last in pairs]
    return Rule(
        "R1-photo-late",
        np.array(late, dtype=bool),
        lambda case: _text(latest[case]),
        lambda case: _text(linked[case]),
    )


def _day(value: date | None) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _text(day: date | None) -> str:
    return EMPTY if day is None else day.isoformat()
