"""The approval of a unit's withdrawals: who is to go, checked again on the day of the yes (N8, DESIGN 10)."""

import hashlib
import json
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from rules.cleanup import protects
from rules.cleanup_dates import last_closing
from rules.clock import day_in_shanghai
from rules.refusals import Refused
from rules.season import Pack
from rules.withdrawal import WithdrawalState
from tasks.approval_list import Frozen, Verdict
from tasks.cleanup_students import candidates, cleanup_named
from tasks.policy import season_pack
from tasks.withdrawal import move

_LISTS, _ROWS = table_of(WithdrawalList), table_of(Withdrawal)


def rows_with_finding(db: Connection, unit: Any, pack: Pack, *states: WithdrawalState) -> pd.DataFrame:
    """Return a list's rows in some states: id, student_id, state, and the finding of now ("": no candidate).

    unit: a row of withdrawal_list.
    """
    wanted = select(_ROWS.c.id, _ROWS.c.student_id, _ROWS.c.state).where(
        _ROWS.c.list_id == unit.id, _ROWS.c.state.in_([state.value for state in states])
    )
    rows = pd.DataFrame(list(db.execute(wanted.order_by(_ROWS.c.id))), columns=["id", "student_id", "state"])
    now = candidates(db, pack, cleanup_named(pack, unit.cleanup), unit.branch).set_index("student_id")
    rows["finding"] = rows["student_id"].map(now["finding"]).fillna("").astype(object)
    return rows


def to_withdraw(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Return who may be withdrawn by the finding of now: candidates whom nothing protects."""
    return (rows["finding"] != "") & ~protects(rows["finding"])


def withdrawal_list(db: Connection, list_id: int) -> Any:
    """Return a row of withdrawal_list."""
    return db.execute(select(_LISTS).where(_LISTS.c.id == list_id)).one()


def present_withdrawals(db: Connection, list_id: int) -> Frozen:
    """Return a unit's withdrawals as they are now, with the notice to the students."""
    unit = withdrawal_list(db, list_id)
    rows = rows_with_finding(db, unit, season_pack(unit.season, db), WithdrawalState.LISTED)
    rows = rows[to_withdraw(rows)]
    said = json.dumps([rows["student_id"].tolist(), rows["finding"].tolist(), str(unit.notified_on)])
    fingerprint = hashlib.sha256(said.encode()).hexdigest() if len(rows) else ""
    summary = {"branch": unit.branch, "rows": str(len(rows)), "notice": unit.notice}
    return Frozen(fingerprint, len(rows), unit.season, None, summary)


def check_ready(unit: Any, pack: Pack, as_of: datetime) -> None:
    """Refuse a list before extension lists and objections closed, or without the notice to the students.

    Raises Refused N8-not-closed, N8-no-notice, N8-no-cleanup.
    """
    closing = last_closing(pack, cleanup_named(pack, unit.cleanup))
    if closing is None or day_in_shanghai(as_of) <= closing:
        raise Refused("N8-not-closed", until=closing or "—")
    if unit.notified_on is None:
        raise Refused("N8-no-notice", branch=unit.branch)


def approve_withdrawals(db: Connection, yes: Verdict) -> None:
    """Approve whom nothing protects today; the approval's number and date stay with each row."""
    unit = withdrawal_list(db, yes.row.subject_id)
    check_ready(unit, yes.pack, yes.as_of)
    rows = rows_with_finding(db, unit, yes.pack, WithdrawalState.LISTED)
    ids = rows.loc[to_withdraw(rows), "id"].tolist()
    values = {"document_no": yes.document_no, "approved_on": day_in_shanghai(yes.as_of)}
    move(db, WithdrawalState.APPROVED, ids, unit.id, yes.as_of, actor=yes.by, values=values, **yes.said)
    yes.tell(db, f"withdrawal-list:{unit.id}")
