"""The lists of a cleanup: candidates by unit with their findings, brought to the day (N8)."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from models.bulk import insert_frame, read_frame, update_frame
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.database import transaction
from models.event import EVENTS, record
from models.extension import Extension, ExtensionList
from rules.cleanup_dates import first_day, last_closing
from rules.clock import day_in_shanghai
from rules.deadlines import day_of
from rules.extension import ExtensionState
from rules.season import Pack
from rules.season_parts import Cleanup
from rules.withdrawal import WithdrawalState
from tasks.cleanup_students import candidates
from tasks.promise_season import CLOSED, cleanup_stream, count_cleanup

_LISTS, _ROWS = table_of(WithdrawalList), table_of(Withdrawal)
_EXTENSIONS, _EXTENSION_LISTS = table_of(Extension), table_of(ExtensionList)
_ESCALATED = "extension-escalated"


def list_candidates(season: str, pack: Pack, as_of: datetime) -> list[str]:
    """Bring the lists of every cleanup that has begun to the day; returns the units with a list.

    Before its first day nobody is listed. From its last day on, applications that still wait are escalated.
    """
    today = day_in_shanghai(as_of)
    begun = [one for one in pack.cleanups if (day := first_day(pack, one)) and day <= today]
    with transaction() as db:
        for cleanup in begun:
            _bring_to_day(db, pack, cleanup, as_of)
            end = day_of(pack, cleanup.end)
            if end and today >= end:
                _escalate(db, season, as_of)
        if begun:
            count_cleanup(db, season, pack, as_of)
        names = [cleanup.name for cleanup in begun]
        mine = (_LISTS.c.season == season, _LISTS.c.cleanup.in_(names))
        return sorted(set(db.scalars(select(_LISTS.c.branch).where(*mine))))


def _bring_to_day(db: Connection, pack: Pack, cleanup: Cleanup, as_of: datetime) -> None:
    found = candidates(db, pack, cleanup)
    lists = _lists(db, pack.season, cleanup.name, found, as_of)
    known = _known(db, list(lists.values()))
    rows = found.assign(list_id=found["branch"].map(lists)).drop(columns="branch")
    same = ["list_id", "student_id"]
    rows = rows.astype(object).merge(known, on=same, how="outer", suffixes=("", "_known"))
    counts = _write(db, rows)
    stream = cleanup_stream(pack.season, cleanup.name)
    if any(counts.values()):
        record(db, stream, "candidates-listed", as_of, ids=found["student_id"].tolist(), changes=counts)
    closing = last_closing(pack, cleanup)
    if closing and day_in_shanghai(as_of) > closing:
        _note_closed(db, stream, as_of)


def _lists(db: Connection, season: str, name: str, found: pd.DataFrame, as_of: datetime) -> dict[str, int]:
    """Return unit → list, those that are missing made."""
    wanted = select(_LISTS.c.branch, _LISTS.c.id).where(_LISTS.c.season == season, _LISTS.c.cleanup == name)
    missing = sorted(set(found["branch"]) - {row.branch for row in db.execute(wanted)})
    blank = {"season": season, "cleanup": name, "listed_at": as_of, "notified_by": "", "notice": ""}
    if missing:
        db.execute(insert(_LISTS), [blank | {"branch": branch} for branch in missing])
    return {row.branch: row.id for row in db.execute(wanted)}


def _known(db: Connection, lists: list[int]) -> pd.DataFrame:
    names = ("id", "list_id", "student_id", "finding", "state")
    return read_frame(db, select(*(_ROWS.c[name] for name in names)).where(_ROWS.c.list_id.in_(lists)))


def _write(db: Connection, rows: pd.DataFrame) -> dict[str, int]:
    """Insert new candidates, tell other findings, clear who is none any more; rows further on stay.

    rows: list_id, student_id, finding (missing: no candidate), and of the row that is known id,
    finding_known, state.
    """
    is_new, gone = rows["id"].isna(), rows["finding"].isna()
    waits = rows["state"] == WithdrawalState.LISTED.value
    cleared = rows["state"] == WithdrawalState.CLEARED.value
    new = rows.loc[is_new, ["list_id", "student_id", "finding"]]
    insert_frame(db, _ROWS, new.assign(state=WithdrawalState.LISTED.value, disputed=False, dispute=""))
    told = ~is_new & ~gone & (cleared | (waits & (rows["finding"] != rows["finding_known"])))
    back = rows.loc[told, ["id", "finding"]].assign(state=WithdrawalState.LISTED.value)
    leaving = rows.loc[waits & gone, ["id"]].assign(state=WithdrawalState.CLEARED.value)
    for changed in (back, leaving):
        update_frame(db, _ROWS, changed.astype({"id": int}))
    return {"new": len(new), "told": len(back), "cleared": len(leaving)}


def _note_closed(db: Connection, stream: str, as_of: datetime) -> None:
    """Write down once that the lists were brought to a day after the last closing."""
    told = select(EVENTS.c.id).where(EVENTS.c.stream == stream, EVENTS.c.kind == CLOSED)
    if db.execute(told).first() is None:
        record(db, stream, CLOSED, as_of)


def _escalate(db: Connection, season: str, as_of: datetime) -> None:
    """Raise, once a list, that applications wait at the cleanup's end: their students are held (N8)."""
    waits = select(_EXTENSIONS.c.list_id).where(_EXTENSIONS.c.state == ExtensionState.PENDING.value)
    open_lists = select(_EXTENSION_LISTS.c.id).where(
        _EXTENSION_LISTS.c.season == season, _EXTENSION_LISTS.c.id.in_(waits)
    )
    for list_id in db.scalars(open_lists.order_by(_EXTENSION_LISTS.c.id)).all():
        stream = f"extension-list:{list_id}"
        told = select(EVENTS.c.id).where(EVENTS.c.stream == stream, EVENTS.c.kind == _ESCALATED)
        if db.execute(told).first() is None:
            record(db, stream, _ESCALATED, as_of)


def lists_of(db: Connection, season: str, branch: str = "") -> list[Any]:
    """Return the rows of withdrawal_list of a season, by unit and cleanup; branch: only this unit's."""
    wanted = select(_LISTS).where(_LISTS.c.season == season)
    if branch:
        wanted = wanted.where(_LISTS.c.branch == branch)
    return list(db.execute(wanted.order_by(_LISTS.c.branch, _LISTS.c.id)))
