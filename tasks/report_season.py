"""Registrars' lists about the season as a whole: late promises, covers, whom to ask (G3, N6, V1)."""

import pandas as pd
from sqlalchemy import Connection

from rules.clock import day_in_shanghai
from rules.cover import CHINESE as COVERS_ZH
from rules.deadlines import season_calendar
from rules.promises import CHINESE, PromiseState
from rules.reports import Asked
from tasks.cover import cover_standings
from tasks.promise_standing import open_promises

_SUBJECTS = {"lot": "名单", "package": "证书包", "season": "毕业季", "unit": "单位", "problem": "证书问题"}


def overdue(db: Connection, asked: Asked) -> pd.DataFrame:
    """超期清单: promises whose day is over and what they cover is not done, with clause and owner."""
    today = day_in_shanghai(asked.as_of)
    calendar = season_calendar(asked.pack, today)
    rows = [
        (
            one.clause,
            one.label,
            f"{_SUBJECTS.get(one.subject, one.subject)} {one.subject_id}",
            asked.units.get(one.branch, one.branch or ""),
            asked.units.get(one.holder, one.holder),
            one.due_on,
            one.left,
            one.open,
            one.total,
            CHINESE[one.state],
        )
        for one in open_promises(db, asked.season, asked.pack, calendar, today)
        if one.state is PromiseState.BREACHED and asked.branch in ("", one.branch)
    ]
    headings = ("条款", "时限", "对象", "分部", "责任单位", "到期", "剩余工作日", "未办", "涉及", "状态")
    return pd.DataFrame(rows, columns=headings, dtype=object)


def covers(db: Connection, asked: Asked) -> pd.DataFrame:
    """封皮汇总表: covers asked for beside approved graduates, by unit and level (N6)."""
    rows = [
        (
            asked.units.get(one.unit, one.unit),
            one.level,
            one.estimate or 0,
            one.graduates,
            "" if one.difference is None else f"{one.difference:.1f}",
            COVERS_ZH[one.state],
            one.note,
        )
        for one in cover_standings(asked.pack, db)
        if asked.branch in ("", one.unit)
    ]
    headings = ("分部", "层次", "征订数量", "毕业生人数", "相差%", "状态", "说明")
    return pd.DataFrame(rows, columns=headings, dtype=object)


def contacts(_db: Connection, asked: Asked) -> pd.DataFrame:
    """通讯录: the office in charge, and the reporting units with their codes (V1)."""
    office = asked.pack.contacts
    facts = {
        "主管部门": office.office,
        "联系人": "、".join(office.persons),
        "电话": office.telephone,
        "电子邮箱": office.email,
        "地址": office.address,
        "邮政编码": office.postcode,
    }
    units = asked.reference.organisations
    units = units[units["level"].isin(["branch", "college"])]
    rows = [("总部", name, value) for name, value in facts.items()]
    rows += [("上报单位", code, name) for code, name in zip(units["code"], units["name"], strict=True)]
    return pd.DataFrame(rows, columns=["类别", "项目或代码", "内容"], dtype=object)
