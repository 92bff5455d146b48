"""Judging what concerns an enrolment's end: extension lists, earlier extensions, CHSI's answers (N8)."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from models.bulk import read_by, read_frame
from models.cleanup import Withdrawal
from models.columns import table_of
from models.extension import Extension, ExtensionList
from models.student import Student
from rules.extension import ExtensionContext, ExtensionState, judge_extension, judge_extension_history
from rules.reference import Reference
from rules.roster_match import numbers_named
from rules.submission import Judged, RosterContext
from rules.windows import Placement
from rules.withdrawal import WithdrawalState
from rules.withdrawal_receipt import judge_withdrawal_receipt
from tasks.extension_bundle import unpack
from tasks.policy import season_pack
from tasks.read_table import Table, read_table

_STUDENTS, _EXTENSIONS, _LISTS = table_of(Student), table_of(Extension), table_of(ExtensionList)
_WITHDRAWALS = table_of(Withdrawal)
_WAITING = ("applied_on", "reason", "attachment", "scan")


def judge_extension_file(
    db: Connection, sent: Any, data: bytes, _placed: Placement, _reference: Reference
) -> Judged:
    """Judge an extension list, alone or in a zip with the scans of its applications."""
    bundle, pack = unpack(data, sent.filename), season_pack(sent.season, db)
    table = read_table(bundle.table, sent.kind, bundle.filename)
    assert pack.extension is not None  # else its window refused the file
    known = ExtensionContext(
        RosterContext(_applicants(db, table), sent.branch, lambda numbers: numbers),
        pack.extension.entered.replace("-", ""),
        pack.extension.times,
        pack.extension.nil_return,
        bundle.scans,
        _has_applications(db, sent),
    )
    return judge_extension(table.frame, table.row, known).with_reading(table.verdicts, table.notes)


def _applicants(db: Connection, table: Table) -> pd.DataFrame:
    """Return the students that a list names, with their extensions so far and the application that waits."""
    students = _students(db, table, ("entry_term", "status"))
    names = ("student_id", "state", *_WAITING)
    extensions = read_by(db, _EXTENSIONS, names, "student_id", students["student_id"].tolist())
    approved = extensions[extensions["state"] == ExtensionState.APPROVED]
    waiting = extensions[extensions["state"] == ExtensionState.PENDING].drop_duplicates("student_id")
    waiting = waiting.rename(columns={name: f"{name}_known" for name in _WAITING}).assign(waiting=True)
    students["used"] = students["student_id"].map(approved.groupby("student_id").size()).fillna(0)
    return students.merge(waiting.drop(columns="state"), on="student_id", how="left")


def _students(db: Connection, table: Table, more: tuple[str, ...] = ()) -> pd.DataFrame:
    columns = ("student_no", "id", "branch", *more)
    found = read_by(db, _STUDENTS, columns, "student_no", numbers_named(table.frame["student_no"]))
    return found.rename(columns={"id": "student_id"})


def _has_applications(db: Connection, sent: Any) -> bool:
    lists = select(_LISTS.c.id).where(_LISTS.c.season == sent.season, _LISTS.c.branch == sent.branch)
    alive = _EXTENSIONS.c.state != ExtensionState.REJECTED.value
    return (
        db.execute(select(_EXTENSIONS.c.id).where(_EXTENSIONS.c.list_id.in_(lists), alive)).first()
        is not None
    )


def judge_history_file(
    db: Connection, sent: Any, data: bytes, _placed: Placement, _reference: Reference
) -> Judged:
    """Judge earlier extensions as the academic system knows them."""
    table = read_table(data, sent.kind, sent.filename)
    roster = RosterContext(_students(db, table), sent.branch, lambda numbers: numbers)
    return judge_extension_history(table.frame, table.row, roster).with_reading(table.verdicts, table.notes)


def judge_withdrawal_answers(
    db: Connection, sent: Any, data: bytes, _placed: Placement, _reference: Reference
) -> Judged:
    """Judge CHSI's receipt of withdrawals."""
    table = read_table(data, sent.kind, sent.filename)
    answered = (WithdrawalState.SENT.value, WithdrawalState.ACCEPTED.value, WithdrawalState.REJECTED.value)
    wanted = (
        select(
            *(_WITHDRAWALS.c[name] for name in ("id", "state")), _STUDENTS.c.student_no, _STUDENTS.c.exam_no
        )
        .join(_STUDENTS, _STUDENTS.c.id == _WITHDRAWALS.c.student_id)
        .where(_WITHDRAWALS.c.state.in_(answered))
    )
    judged = judge_withdrawal_receipt(table.frame, table.row, read_frame(db, wanted), sent.filename)
    return judged.with_reading(table.verdicts, table.notes)
