"""The registrars' tables of a cleanup: 退学名单 (withdrawals) and 延期汇总表 (extensions) (N8).

Personal data in full: for the unit's own folder and for reports, never for a screen without being asked.
"""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, select

from models.bulk import read_frame
from models.cleanup import Withdrawal, WithdrawalList, WithdrawalPackage
from models.columns import table_of
from models.extension import Extension, ExtensionList
from models.student import Student
from rules.extension import CHINESE as EXTENSIONS_ZH
from rules.extension import ExtensionState
from rules.refusals import REASONS
from rules.terms import last_valid_term
from rules.withdrawal import CHINESE as WITHDRAWALS_ZH
from rules.withdrawal import WithdrawalState
from tasks.extension_reach import extended_to
from tasks.policy import season_pack

_ROWS, _LISTS, _PACKAGES = table_of(Withdrawal), table_of(WithdrawalList), table_of(WithdrawalPackage)
_EXTENSIONS, _EXTENSION_LISTS = table_of(Extension), table_of(ExtensionList)
_STUDENTS = table_of(Student)
_WHO = ("student_no", "name", "level", "programme_code", "centre", "entry_term")
_WHO_ZH = dict(zip(_WHO, ("学号", "姓名", "层次", "专业代码", "教学点代码", "入学学期"), strict=True))


def withdrawal_frame(db: Connection, season: str, branch: str = "") -> pd.DataFrame:
    """Return 退学名单: every candidate with finding and progress, by unit and student number; all text.

    branch: only this unit's. Who is no candidate any more is left out.
    """
    rows = read_frame(db, _of_unit(_withdrawals(), _LISTS, season, branch))
    terms = season_pack(season, db).validity.terms
    rows["valid_until"] = [
        reach or last_valid_term(entry, terms)
        for reach, entry in zip(rows["extended_to"], rows["entry_term"], strict=True)
    ]
    rows["finding"] = [REASONS[code].zh for code in rows["finding"]]
    rows["state"] = [WITHDRAWALS_ZH[WithdrawalState(state)] for state in rows["state"]]
    named = {
        "branch": "分部",
        **_WHO_ZH,
        "valid_until": "有效期至",
        "finding": "清理依据或保留原因",
        "state": "办理状态",
    }
    named |= {"notified_on": "告知日期", "document_no": "文号", "approved_on": "批准日期"}
    named |= {"sent_at": "上报时间", "answered_at": "回执时间", "reason": "退回原因"}
    return _as_table(rows, named | {"withdrawn_on": "退学日期"})


def _withdrawals() -> Select[Any]:
    names = ("finding", "state", "document_no", "approved_on", "answered_at", "reason", "withdrawn_on")
    return (
        select(
            *(_LISTS.c[name] for name in ("branch", "notified_on")),
            *(_STUDENTS.c[name] for name in _WHO),
            *(_ROWS.c[name] for name in names),
            _PACKAGES.c.sent_at,
            extended_to(_STUDENTS.c.id).label("extended_to"),
        )
        .join_from(_ROWS, _LISTS, _LISTS.c.id == _ROWS.c.list_id)
        .join(_STUDENTS, _STUDENTS.c.id == _ROWS.c.student_id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
        .where(_ROWS.c.state != WithdrawalState.CLEARED.value)
    )


def extension_frame(db: Connection, season: str, branch: str = "") -> pd.DataFrame:
    """Return 延期汇总表: every application with its decision, by unit and student number; all text.

    A unit's nil return is a row whose 审批结果 says 零报告, and nothing else.
    """
    rows = read_frame(db, _of_unit(_applications(), _EXTENSION_LISTS, season, branch))
    wanted = select(_EXTENSION_LISTS.c.branch).where(_EXTENSION_LISTS.c.nil)
    nil = read_frame(db, _of_unit(wanted, _EXTENSION_LISTS, season, branch, by_student=False))
    rows["scan"] = ["已存档" if scan else "未收到" for scan in rows["scan"]]
    rows["state"] = [EXTENSIONS_ZH[ExtensionState(state)] for state in rows["state"]]
    named = {"branch": "分部", **_WHO_ZH, "applied_on": "申请日期", "reason": "理由", "scan": "申请书"}
    named |= {"state": "审批结果", "valid_until": "延期至", "document_no": "文号", "decided_on": "批准日期"}
    rows = pd.concat([rows, nil.assign(state="零报告")], ignore_index=True)
    return _as_table(rows.sort_values("branch", kind="stable", ignore_index=True), named)


def _applications() -> Select[Any]:
    names = ("applied_on", "reason", "scan", "state", "valid_until", "document_no", "decided_on")
    return (
        select(
            _EXTENSION_LISTS.c.branch,
            *(_STUDENTS.c[name] for name in _WHO),
            *(_EXTENSIONS.c[name] for name in names),
        )
        .join_from(_EXTENSIONS, _EXTENSION_LISTS, _EXTENSION_LISTS.c.id == _EXTENSIONS.c.list_id)
        .join(_STUDENTS, _STUDENTS.c.id == _EXTENSIONS.c.student_id)
    )


def _of_unit(
    wanted: Select[Any], lists: Any, season: str, branch: str, by_student: bool = True
) -> Select[Any]:
    wanted = wanted.where(lists.c.season == season)
    wanted = wanted.where(lists.c.branch == branch) if branch else wanted
    return wanted.order_by(lists.c.branch, *([_STUDENTS.c.student_no] if by_student else []))


def _as_table(rows: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    said = rows.reindex(columns=list(named)).map(_text)
    return said.rename(columns=named).astype("str")


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
