"""盘点表: how every certificate stood in the stocktakes of its holders (N5)."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from models.bulk import among
from rules.reports import Asked
from rules.states import CHINESE as STATES_ZH
from rules.states import Custody
from rules.stocktake import CHINESE, REASONS_ZH
from tasks.report_people import CASES, case_people, of_asked, shown
from tasks.stocktake_rows import STOCKTAKES, stocktake_rows

_TOLD = {
    "stocktake": "盘点编号",
    "opened": "开始",
    "closed": "结束",
    "package": "证书包",
    "custody": "保管记录",
    "verdict": "结果",
    "reason": "原因",
    "note": "说明",
    "found_by": "扫描人",
    "explained_by": "说明人",
}


def taken(db: Connection, asked: Asked) -> pd.DataFrame:
    """盘点表: by place, each certificate of the season that was expected or found in a stocktake (N5)."""
    open_first = select(STOCKTAKES).order_by(STOCKTAKES.c.organisation, STOCKTAKES.c.id)
    parts = []
    for row in db.execute(open_first).all():
        rows = stocktake_rows(db, row)
        opened, closed = (f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (row.opened_at, row.closed_at))
        place = asked.units.get(row.organisation, row.organisation)
        parts.append(rows.assign(stocktake=row.id, place=place, opened=opened, closed=closed))
    told = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["case_id", "place", *_TOLD])
    )
    return _named(db, told[told["season"] == asked.season] if parts else told, asked)


def _named(db: Connection, told: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    words: dict[str, Mapping[Any, str]] = {
        "verdict": CHINESE,
        "reason": REASONS_ZH,
        "custody": STATES_ZH[Custody],
    }
    for name, zh in words.items():
        told = told.assign(**{name: told[name].map({key.value: said for key, said in zh.items()})})
    people = case_people(db, of_asked(asked) & among(db, CASES.c.id, told["case_id"].tolist()), asked)
    said = shown(people, "student_no", "name", "number")
    listed = told[["place", "case_id", *_TOLD]].rename(columns={"place": "盘点单位", **_TOLD})
    return listed.merge(said, on="case_id")
