"""CHSI's answers about withdrawals: only what it accepted ends an enrolment (N8)."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select, update

from models.bulk import among, read_by, update_frame
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.event import record
from models.student import Student
from rules.clock import day_in_shanghai
from rules.season import Pack
from rules.submission import Judged
from rules.withdrawal import WITHDRAWN, WithdrawalState
from tasks.policy import season_pack
from tasks.promise_season import count_cleanup
from tasks.withdrawal import move
from tasks.withdrawal_approval import rows_with_finding, to_withdraw, withdrawal_list

_ROWS, _STUDENTS, _LISTS = table_of(Withdrawal), table_of(Student), table_of(WithdrawalList)
_REASON_WIDTH = 80


def store_withdrawal_answers(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Take CHSI's answers, list by list; the roster says 退学 only of whom it accepted."""
    answers = judged.accepted.rename(columns={"withdrawal_id": "id"})
    lists = read_by(db, _ROWS, ("id", "list_id"), "id", answers["id"].tolist())
    seasons = set()
    answers = answers.merge(lists, on="id")
    for list_id in sorted(set(answers["list_id"].tolist())):
        unit = withdrawal_list(db, list_id)
        _answer(db, unit, answers[answers["list_id"] == list_id], sent)
        seasons.add(unit.season)
    for season in sorted(seasons):
        count_cleanup(db, season, season_pack(season, db), sent.received_at)
    return judged


def _answer(db: Connection, unit: Any, answers: pd.DataFrame, sent: Any) -> None:
    as_of, receipt = sent.received_at, {"receipt": sent.id}
    accepted = answers.loc[answers["status"] == "accepted", "id"].tolist()
    rejected = answers[answers["status"] == "rejected"]
    move(db, WithdrawalState.ACCEPTED, accepted, unit.id, as_of, values={"answered_at": as_of}, **receipt)
    move(
        db, WithdrawalState.REJECTED, rejected["id"], unit.id, as_of, values={"answered_at": as_of}, **receipt
    )
    why = rejected["reason"].str[:_REASON_WIDTH]
    update_frame(db, _ROWS, rejected[["id"]].assign(reason=why))
    _withdraw(db, unit, accepted, season_pack(unit.season, db), as_of)


def _withdraw(db: Connection, unit: Any, accepted: list[int], pack: Pack, as_of: datetime) -> None:
    """End the enrolments; who came under protection since the upload keeps it, and an alarm is raised."""
    rows = rows_with_finding(db, unit, pack, WithdrawalState.ACCEPTED)
    rows = rows[rows["id"].isin(accepted)]
    go = to_withdraw(rows)
    gone, kept = rows[go], rows[~go]
    mine = among(db, _STUDENTS.c.id, gone["student_id"].tolist())
    db.execute(update(_STUDENTS).where(mine).values(status=WITHDRAWN))
    ended = {"withdrawn_on": day_in_shanghai(as_of)}
    db.execute(update(_ROWS).where(among(db, _ROWS.c.id, gone["id"].tolist())).values(**ended))
    if len(kept):
        update_frame(db, _ROWS, kept[["id", "finding"]])
        stream, ids = f"withdrawal-list:{unit.id}", kept["id"].tolist()
        record(db, stream, "withdrawal-of-protected", as_of, ids=ids)


def unanswered(db: Connection, package_id: int) -> list[str]:
    """Return the student numbers of a package's rows that CHSI has not answered, in ascending order."""
    wanted = (
        select(_STUDENTS.c.student_no)
        .join(_ROWS, _ROWS.c.student_id == _STUDENTS.c.id)
        .where(_ROWS.c.package_id == package_id, _ROWS.c.state == WithdrawalState.SENT.value)
    )
    return list(db.scalars(wanted.order_by(_STUDENTS.c.student_no)))
