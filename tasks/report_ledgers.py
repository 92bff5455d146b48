"""Ledgers for registrars: spoiled sheets and what replaced them, and urgent cases (N5, N4)."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Table, literal, null, select

from models.bulk import read_frame
from models.columns import table_of
from models.lot import Approval, ApprovalState
from models.spoiled import CertifiedStatement, SpoiledSheet
from models.urgent import UrgentCase, UrgentRequest
from rules.approvals import ApprovalKind
from rules.reports import Asked
from rules.sheets import CHINESE
from tasks.report_people import CASES, SHEETS, case_people, of_asked, shown

_SPOILED, _STATEMENTS, _APPROVALS = table_of(SpoiledSheet), table_of(CertifiedStatement), table_of(Approval)
_REQUESTS, _URGENT = table_of(UrgentRequest), table_of(UrgentCase)
_REASONS = {reason.value: zh for reason, zh in CHINESE.items()}
_ENTRY = {
    "what": "类型",
    "at": "登记时间",
    "reason": "原因",
    "sheet": "第几张",
    "sheet_no": "纸张号",
    "holder": "当时保管单位",
    "by": "经办人",
    "again": "已补印",
}


def spoiled(db: Connection, asked: Asked) -> pd.DataFrame:
    """作废补办台账: every sheet that counts no longer, whether it was printed again, and statements (N5)."""
    again = (SHEETS.c.sheet > _SPOILED.c.sheet).label("again")
    sheets = _entries(_SPOILED, "作废", _SPOILED.c.spoiled_at, asked).add_columns(
        _SPOILED.c.sheet, _SPOILED.c.sheet_no, _SPOILED.c.holder, again
    )
    sheets = sheets.join(SHEETS, SHEETS.c.case_id == _SPOILED.c.case_id)
    nothing: list[Any] = [
        null().label("sheet"),
        *(literal("").label(name) for name in ("sheet_no", "holder")),
    ]
    statements = _entries(_STATEMENTS, "毕业证明书", _STATEMENTS.c.issued_at, asked)
    found = [read_frame(db, sheets), read_frame(db, statements.add_columns(*nothing, null().label("again")))]
    entries = pd.concat(found, ignore_index=True).sort_values("at", ignore_index=True)
    entries["holder"] = entries["holder"].map(lambda code: asked.units.get(code, code))
    entries["reason"] = entries["reason"].map(lambda code: _REASONS.get(code, code))
    entries["again"] = ["" if pd.isna(one) else "是" if one else "否" for one in entries["again"]]
    entries["at"] = entries["at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}")
    people = case_people(db, CASES.c.id.in_(entries["case_id"].tolist()), asked)
    said = shown(people, "branch", "student_no", "name", "number")
    return said.merge(entries, on="case_id").rename(columns=_ENTRY)


def _entries(table: Table, what: str, at: Any, asked: Asked) -> Select[Any]:
    facts = (table.c.case_id, literal(what).label("what"), at.label("at"), table.c.reason, table.c.by)
    return select(*facts).join_from(table, CASES, CASES.c.id == table.c.case_id).where(of_asked(asked))


def urgent(db: Connection, asked: Asked) -> pd.DataFrame:
    """加急台账: whom units asked for and whom HQ approved, with reason and how far they came (N4)."""
    requests = {
        row.student_id: row for row in db.execute(select(_REQUESTS).where(_REQUESTS.c.season == asked.season))
    }
    approvals = {row.case_id: row for row in db.execute(_approvals(asked))}
    named = CASES.c.id.in_(list(approvals)) | CASES.c.student_id.in_(list(requests))
    people = case_people(db, of_asked(asked) & named, asked, CASES.c.student_id, CASES.c.lane)
    people["asked_at"] = [_day(requests.get(one), "received_at") for one in people["student_id"]]
    people["reason"] = [getattr(requests.get(one), "reason", "") for one in people["student_id"]]
    people["approved_by"] = [getattr(approvals.get(one), "decided_by", "") for one in people["case_id"]]
    people["approved_at"] = [_day(approvals.get(one), "decided_at") for one in people["case_id"]]
    words = {"asked_at": "分部申请日期", "reason": "理由", "approved_by": "批准人", "approved_at": "批准日期"}
    listed = shown(people, "branch", "student_no", "name", "level", "title", "number", *words)
    return listed.rename(columns=words)


def _approvals(asked: Asked) -> Select[Any]:
    of_list = (_APPROVALS.c.subject_id == _URGENT.c.list_id) & (
        _APPROVALS.c.kind == ApprovalKind.URGENT_CASE.value
    )
    wanted = select(_URGENT.c.case_id, _APPROVALS.c.decided_by, _APPROVALS.c.decided_at)
    approved = (_APPROVALS.c.season == asked.season, _APPROVALS.c.state == ApprovalState.APPROVED.value)
    return wanted.join_from(_URGENT, _APPROVALS, of_list).where(*approved)


def _day(row: Any, name: str) -> str:
    return "" if row is None else f"{getattr(row, name):%Y-%m-%d}"
