"""学历注册对账表: by lot, approved = sent + not sent, and sent = accepted + rejected + open (T4)."""

import pandas as pd
from sqlalchemy import Connection, func, select

from models.bulk import read_frame
from rules.reports import Asked
from rules.states import Registration
from tasks.report_people import CASES, LOTS, approved

_NAMES = {
    Registration.NONE: "未生成",
    Registration.EXPORTED: "待上报",
    Registration.UNKNOWN: "上报待查",
    Registration.SENT: "待反馈",
    Registration.ACCEPTED: "注册成功",
    Registration.REJECTED: "被退回",
}
_NOT_SENT = ("上报待查", "待上报", "未生成")
_SENT = ("待反馈", "注册成功", "被退回")
SUMS = ("审批人数", "已上报", *_NAMES.values())


def registry_account(db: Connection, asked: Asked) -> pd.DataFrame:
    """Return a row a lot; 核对 says whether approved = sent + not sent, and that the lot has as many."""
    columns = (LOTS.c.branch, LOTS.c.batch, LOTS.c.id.label("lot"), LOTS.c.document_no, LOTS.c.cases)
    wanted = (
        select(*columns, CASES.c.registration, func.count().label("people"))
        .join_from(CASES, LOTS, LOTS.c.id == CASES.c.lot_id)
        .where(approved(asked))
        .group_by(*columns, CASES.c.registration)
    )
    found = read_frame(db, wanted).fillna({"document_no": ""})  # a pivot drops rows without a key
    keys = ["branch", "batch", "lot", "document_no", "cases"]
    by_state = found.pivot_table("people", keys, "registration", "sum", fill_value=0)
    by_state = by_state.reindex(columns=[str(state) for state in _NAMES], fill_value=0).astype(int)
    rows = by_state.set_axis(list(_NAMES.values()), axis=1).reset_index()
    return _checked(rows, asked)


def _checked(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    rows["已上报"] = rows[list(_SENT)].sum(axis=1)
    counted = rows["已上报"] + rows[list(_NOT_SENT)].sum(axis=1)
    rows["核对"] = (counted == rows["cases"]).map({True: "相符", False: "不符"})
    named = {"batch": "批次", "lot": "名单", "document_no": "审批文号", "cases": "审批人数"}
    units = rows["branch"].map(lambda code: asked.units.get(code, code))
    order = ["分部", *named.values(), "已上报", "注册成功", "被退回", "待反馈", *_NOT_SENT]
    return rows.assign(分部=units).rename(columns=named)[[*order, "核对"]]
