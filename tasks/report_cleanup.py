"""Lists about enrolments past their validity: extensions with their approval, and withdrawals (N8)."""

from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Table, select

from models.bulk import read_frame
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.extension import Extension, ExtensionList
from rules.extension import CHINESE as EXTENSIONS_ZH
from rules.gap_causes import said_detail
from rules.reports import Asked
from rules.withdrawal import CHINESE as WITHDRAWALS_ZH
from tasks.report_people import HEADINGS, STUDENTS, named

_EXTENSIONS, _EXTENSION_LISTS = table_of(Extension), table_of(ExtensionList)
_WITHDRAWALS, _WITHDRAWAL_LISTS = table_of(Withdrawal), table_of(WithdrawalList)
_PERSON = ("centre", "student_no", "name", "level", "programme_code", "direction", "entry_term")
_SHOWN = ("branch", "centre", "student_no", "name", "level", "title", "entry_term")
NIL = "零报告"


def extensions(db: Connection, asked: Asked) -> pd.DataFrame:
    """延期汇总表: each application by unit, with its approval; a nil return is a line of its own (N8)."""
    words = {
        "applied_on": "申请日期",
        "reason": "理由",
        "valid_until": "延至",
        "state": "审批结果",
        "document_no": "文号",
        "decided_on": "审批日期",
    }
    people = _people(db, _EXTENSIONS, _EXTENSION_LISTS, asked, *words)
    people["state"] = people["state"].map(_values(EXTENSIONS_ZH))
    rows = people[[*_SHOWN, *words]].rename(columns=HEADINGS | words)
    nil = select(_EXTENSION_LISTS.c.branch, _EXTENSION_LISTS.c.received_at)
    nil = nil.where(_EXTENSION_LISTS.c.season == asked.season, _EXTENSION_LISTS.c.nil)
    lines = [
        {"分部": asked.units.get(one.branch, one.branch), "审批结果": NIL, "申请日期": one.received_at.date()}
        for one in db.execute(nil)
        if asked.branch in ("", one.branch)
    ]
    return pd.concat([rows, pd.DataFrame(lines, columns=rows.columns, dtype=object)], ignore_index=True)


def withdrawals(db: Connection, asked: Asked) -> pd.DataFrame:
    """退学名单: every candidate of a cleanup, what protects the student, how far it is (N8)."""
    words = {
        "finding": "清理依据或保留原因",
        "state": "办理状态",
        "document_no": "文号",
        "approved_on": "批准日期",
        "withdrawn_on": "退学日期",
    }
    people = _people(db, _WITHDRAWALS, _WITHDRAWAL_LISTS, asked, *words)
    people["state"] = people["state"].map(_values(WITHDRAWALS_ZH))
    people["finding"] = people["finding"].map(said_detail)
    return people[[*_SHOWN, *words]].rename(columns=HEADINGS | words)


def _people(db: Connection, rows: Table, lists: Table, asked: Asked, *names: str) -> pd.DataFrame:
    """Return the students in the rows of a season's lists, by unit and student number."""
    facts = (STUDENTS.c[name] for name in _PERSON)
    wanted: Select[Any] = (
        select(lists.c.branch, *facts, *(rows.c[name] for name in names))
        .join_from(rows, lists, lists.c.id == rows.c.list_id)
        .join(STUDENTS, STUDENTS.c.id == rows.c.student_id)
        .where(lists.c.season == asked.season)
        .order_by(lists.c.branch, STUDENTS.c.student_no)
    )
    mine = wanted.where(lists.c.branch == asked.branch) if asked.branch else wanted
    return named(read_frame(db, mine), asked)


def _values(words: dict[Any, str]) -> dict[str, str]:
    return {str(state): zh for state, zh in words.items() if isinstance(state, StrEnum)}
