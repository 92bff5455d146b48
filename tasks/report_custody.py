"""Lists about certificates on their way: to sign for, misrouted or lost, to be sealed, gaps (N5)."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from models.bulk import read_by, read_frame
from models.case import Hold
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package, Scan
from models.event import EVENTS
from rules.confirmation import RecordCheck
from rules.gap_causes import CHINESE as STEPS_ZH
from rules.gap_causes import OWNERS_ZH, said_cause
from rules.holds import DISPATCH, PARTNER_SEAL
from rules.reports import Asked
from rules.states import CHINESE, Certificate, Custody
from tasks.gap import people_by_branch
from tasks.report_people import CASES, STUDENTS, case_people, of_asked, shown

_PACKAGES, _SCANS, _HOLDS = table_of(Package), table_of(Scan), table_of(Hold)
_CONFIRMATIONS = table_of(Confirmation)
_LEDGER = {
    "时间": "occurred_at",
    "类型": "",
    "证书包": "code",
    "分部": "branch",
    "登记单位": "organisation",
    "保管单位": "holder",
    "证书本数": "certificates",
    "经办人": "actor",
}
_MISHAPS = {"custody-lost": "遗失", "custody-damaged": "破损", "custody-returned-to-hq": "退回总部"}
_IDS = ("case_id", "student_id")
_GAP = {
    "branch": "分部",
    "centre": "学习中心",
    "student_no": "学号",
    "name": "姓名",
    "step": "已办到",
    "missing": "缺",
    "cause": "原因",
    "owner": "责任方",
    "unit": "责任单位",
    "since": "自",
}
_ON_THE_WAY = (Custody.IN_TRANSIT, Custody.AT_BRANCH, Custody.AT_COLLEGE, Custody.AT_CENTRE)


def sign_off(db: Connection, asked: Asked) -> pd.DataFrame:
    """领取签收表: by study centre, every certificate that left HQ, with room to sign for both checks (N5)."""
    left = CASES.c.custody.in_([*_ON_THE_WAY, Custody.HANDED_OVER])
    people = case_people(db, of_asked(asked) & left, asked, CASES.c.handed_over_at)
    said = _confirmations(db, asked.season, people)
    people["handed_over_at"] = people["handed_over_at"].map(lambda at: f"{at:%Y-%m-%d}", na_action="ignore")
    rows = shown(people, "centre", "student_no", "name", "title", "level", "number", "handed_over_at")
    signed = {"handed_over_at": "领取日期"}
    return rows.rename(columns=signed).assign(
        证书无误签名=said["certificate"], 学信网信息无误签名=said["record"]
    )


def _confirmations(db: Connection, season: str, people: pd.DataFrame) -> pd.DataFrame:
    """Return what is entered of both confirmations, beside people; "" where the student has to sign still."""
    wanted = select(_CONFIRMATIONS).where(_CONFIRMATIONS.c.season == season)
    kept = {row.case_id: row for row in db.execute(wanted)}
    rows = [kept.get(case_id) for case_id in people["case_id"]]
    said = {"certificate": list(map(_said_certificate, rows)), "record": list(map(_said_record, rows))}
    return pd.DataFrame(said, index=people.index, dtype=object)


def _said_certificate(row: Any) -> str:
    return f"{row.certificate_at:%Y-%m-%d} 确认" if row and row.certificate_at else ""


def _said_record(row: Any) -> str:
    if row is None or row.record == RecordCheck.DEFERRED:
        return ""
    return f"{row.record_at:%Y-%m-%d} {'确认' if row.record == RecordCheck.CONFIRMED else '有误'}"


def misrouted(db: Connection, asked: Asked) -> pd.DataFrame:
    """误投遗失台账: packages seen where nobody expected them; what was lost, damaged, sent back (N9)."""
    rows = pd.concat([_sightings(db, asked), _mishaps(db, asked)], ignore_index=True)
    for heading in ("分部", "登记单位", "保管单位"):
        rows[heading] = rows[heading].map(lambda code: asked.units.get(code, code))
    return rows.sort_values("时间", ignore_index=True)


def _packages(asked: Asked) -> ColumnElement[bool]:
    mine = _PACKAGES.c.season == asked.season
    return mine & (_PACKAGES.c.branch == asked.branch) if asked.branch else mine


def _sightings(db: Connection, asked: Asked) -> pd.DataFrame:
    wanted = (
        select(_SCANS.c.occurred_at, _PACKAGES.c.code, _PACKAGES.c.branch, _SCANS.c.organisation)
        .add_columns(_PACKAGES.c.holder, _PACKAGES.c.certificates, _SCANS.c.actor)
        .join_from(_SCANS, _PACKAGES, _PACKAGES.c.id == _SCANS.c.package_id)
        .where(_packages(asked), _SCANS.c.outcome == "sighting")
    )
    return _ledger(db, wanted).assign(类型="误投")[list(_LEDGER)]


def _mishaps(db: Connection, asked: Asked) -> pd.DataFrame:
    """What the log tells of certificates that were lost, damaged or sent back."""
    stream = "package:" + func.cast(_PACKAGES.c.id, EVENTS.c.stream.type)
    wanted = (
        select(EVENTS.c.occurred_at, _PACKAGES.c.code, _PACKAGES.c.branch, literal("").label("organisation"))
        .add_columns(
            _PACKAGES.c.holder, EVENTS.c["count"].label("certificates"), EVENTS.c.actor, EVENTS.c.kind
        )
        .join_from(EVENTS, _PACKAGES, EVENTS.c.stream == stream)
        .where(_packages(asked), EVENTS.c.kind.in_(list(_MISHAPS)))
    )
    rows = _ledger(db, wanted)
    return rows.assign(类型=rows["kind"].map(_MISHAPS))[list(_LEDGER)]


def _ledger(db: Connection, wanted: Select[Any]) -> pd.DataFrame:
    rows = read_frame(db, wanted).rename(columns={name: zh for zh, name in _LEDGER.items()})
    return rows.assign(时间=rows["时间"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"))


def to_seal(db: Connection, asked: Asked) -> pd.DataFrame:
    """送盖章清单: by partner university, the certificates that wait for its seal (N2)."""
    partners = {
        row.case_id: row.detail
        for row in db.execute(select(_HOLDS.c.case_id, _HOLDS.c.detail).where(_waits_for_seal()))
    }
    sealed = CASES.c.id.in_(select(_HOLDS.c.case_id).where(_waits_for_seal()))
    people = case_people(db, of_asked(asked) & sealed, asked, CASES.c.certificate)
    words = {state.value: zh for state, zh in CHINESE[Certificate].items()}
    people["certificate"] = people["certificate"].map(words)
    rows = shown(people, "branch", "student_no", "name", "sex", "level", "title", "number", "certificate")
    return rows.rename(columns={"certificate": "证书状态"}).assign(合作高校=people["case_id"].map(partners))


def _waits_for_seal() -> ColumnElement[bool]:
    open_hold = _HOLDS.c.released_at.is_(None) & (_HOLDS.c.track == DISPATCH)
    return open_hold & (_HOLDS.c.reason == PARTNER_SEAL)


def gaps(db: Connection, asked: Asked) -> pd.DataFrame:
    """查缺补漏名单: everyone who misses the next step, why, since when, and whose turn it is (N5)."""
    found = people_by_branch(db, asked.season, asked.pack, asked.as_of, asked.branch)
    parts = [people[people["missing"] != ""] for people in found]
    missing = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_GAP, *_IDS, "detail"])
    ids = missing["student_id"].tolist()
    known = read_by(db, STUDENTS, ("id", "student_no", "name"), "id", ids).set_index("id")
    for name in ("student_no", "name"):
        missing[name] = missing["student_id"].map(known[name])
    for unit in ("branch", "centre", "unit"):
        missing[unit] = missing[unit].map(lambda code: asked.units.get(code, code))
    return _said(missing)


def _said(missing: pd.DataFrame) -> pd.DataFrame:
    causes = [said_cause(*one) for one in zip(missing["cause"], missing["detail"], strict=True)]
    told = missing.assign(cause=pd.Series(causes, missing.index, dtype=object))
    told["step"], told["missing"] = told["step"].map(STEPS_ZH), told["missing"].map(STEPS_ZH)
    told["owner"] = told["owner"].map(OWNERS_ZH)
    told["since"] = told["since"].map(lambda at: f"{at:%Y-%m-%d}", na_action="ignore")
    return told[["case_id", *_GAP]].rename(columns=_GAP)
