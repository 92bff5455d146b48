"""How each graduate stands with each promise of the season: kept in time, late, or neither (T4, R2, G3).

A promise's row counts a whole lot; here each case is judged by its own day.
"""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, exists, func, select

from models.bulk import read_frame
from models.case import Case, Hold
from models.certificate import CertificateSheet, RegistryPackage, RegistryRow
from models.columns import table_of
from models.custody import Package
from models.promise import Promise
from rules.clock import day_in_shanghai
from rules.holds import PARTNER_SEAL
from rules.promises import complete_on
from rules.season_dates import Duty
from rules.states import Audit

_CASES, _HOLDS, _SHEETS, _PACKAGES = (table_of(table) for table in (Case, Hold, CertificateSheet, Package))
_PROMISES, _ROWS, _UPLOADS = table_of(Promise), table_of(RegistryRow), table_of(RegistryPackage)
_DONE = {"sent-to-registry": "sent", "dispatched": "dispatched", "handed-over": "handed_over"}


def approved_cases(db: Connection, season: str) -> pd.DataFrame:
    """Return the approved cases: lot_id, complete, sealed, and the days sent, dispatched, handed_over.

    Days are `date` or None; complete is None while data are missing.
    """
    sent = (
        select(func.min(_UPLOADS.c.sent_at))
        .join(_ROWS, _ROWS.c.package_id == _UPLOADS.c.id)
        .where(_ROWS.c.case_id == _CASES.c.id)
        .scalar_subquery()
    )
    sealed = exists().where(_HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.reason == PARTNER_SEAL)
    wanted = (
        select(
            *(_CASES.c[name] for name in ("lot_id", "audit_received_at", "certificate_received_at")),
            _CASES.c.photo_received_at,
            sealed.label("sealed"),
            sent.label("sent"),
            _PACKAGES.c.dispatched_at.label("dispatched"),
            _CASES.c.handed_over_at.label("handed_over"),
        )
        .outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
        .where(_CASES.c.season == season, _CASES.c.audit == Audit.APPROVED.value)
    )
    found = read_frame(db, wanted)
    arrivals = found[["audit_received_at", "certificate_received_at", "photo_received_at"]]
    found["complete"] = pd.Series(map(complete_on, arrivals.to_numpy()), index=found.index, dtype=object)
    for name in _DONE.values():
        found[name] = found[name].map(day_in_shanghai, na_action="ignore").astype(object)
    return found


def lot_promises(db: Connection, season: str) -> pd.DataFrame:
    """Return the promises of a season's lots: lot_id, duty (the reading's name), started_on, due_on."""
    columns = (_PROMISES.c[name] for name in ("duty", "started_on", "due_on"))
    wanted = select(_PROMISES.c.subject_id.label("lot_id"), *columns)
    return read_frame(db, wanted.where(_PROMISES.c.season == season, _PROMISES.c.subject == "lot"))


def counts_of(duty: Duty, promises: pd.DataFrame, cases: pd.DataFrame, today: date) -> tuple[int, int, int]:
    """Return how many cases one reading of a duty covers, how many were done in time, how many are late.

    promises: of this reading. A case that is not done is late once its due day is over.
    """
    covered = promises.merge(cases, on="lot_id")
    if "complete-data" in duty.starts:
        covered = covered[covered["complete"] == covered["started_on"]]
    if duty.by_end_of or "complete-data" in duty.starts:  # N2: what waits for a seal follows no timetable
        covered = covered[~covered["sealed"].astype(bool)]
    done, due = covered[_DONE[duty.done]], covered["due_on"]
    by = done.where(done.notna(), today)
    over = [_is_after(one, other) for one, other in zip(by, due, strict=True)]
    in_time = done.notna() & ~pd.Series(over, index=covered.index, dtype=bool)
    return len(covered), int(in_time.sum()), sum(over)


def _is_after(day: Any, due: Any) -> bool:
    return bool(pd.notna(due) and day > due)
