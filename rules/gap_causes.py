"""Why somebody has not come further: one table of causes, each with its clause, its words and its owner (N5).

Of several causes the first in the table is told. What none of them explains is `unexplained`: a season is
not closed over it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

import rules.refusals_audit  # noqa: F401  registers the codes of unmet rules
from rules.certificate_problem import ABOUT_ZH, FIELDS
from rules.confirmation import RecordCheck
from rules.custody import AT_LEVEL
from rules.holds import CHINESE as HOLDS_ZH
from rules.package_check import CHINESE as FINDINGS_ZH
from rules.refusals import REASONS
from rules.states import Audit, Certificate, Custody, Registration, Visibility
from rules.stocktake import NOT_FOUND_ZH


class Step(StrEnum):
    """How far an eligible person has come, in this order."""

    ELIGIBLE = "eligible"
    AUDITED = "audited"
    REGISTERED = "registered"
    CERTIFICATE = "certificate"
    DISPATCHED = "dispatched"
    HANDED_OVER = "handed-over"
    CONFIRMED = "confirmed"  # certificate and record, by the student


CHINESE: Mapping[str, str] = {
    Step.ELIGIBLE: "应毕业",
    Step.AUDITED: "审核已批准",
    Step.REGISTERED: "学历已注册",
    Step.CERTIFICATE: "证书已印制",
    Step.DISPATCHED: "证书已发出",
    Step.HANDED_OVER: "学生已领取",
    Step.CONFIRMED: "学生已确认",
}


class Owner(StrEnum):
    """Whose turn it is."""

    HQ = "hq"
    BRANCH = "branch"
    COLLEGE = "college"
    CENTRE = "centre"
    PARTNER = "partner"
    STUDENT = "student"


OWNERS_ZH: Mapping[str, str] = {
    Owner.HQ: "总部",
    Owner.BRANCH: "分部",
    Owner.COLLEGE: "地方学院",
    Owner.CENTRE: "学习中心",
    Owner.PARTNER: "合作高校",
    Owner.STUDENT: "学生",
}
_END_OF_HEAD, _PLACE = re.compile("[：，]"), re.compile(r" ?\{\w+\} ?")
Test = Callable[[pd.DataFrame], Any]
_LIES: dict[str, Any] = {"where": "holder", "since": "held_since"}


@dataclass(frozen=True)
class Cause:
    """One cause. applies: over columns of people (rules.gap.explain) who miss the step.

    where: the column that names the unit that has to act, "" for HQ. owner: where the unit's code does not
    tell it. detail: the column with the particular (a hold's reason). since: the column with its day 0.
    """

    code: str
    missing: str
    clause: str
    zh: str
    en: str
    applies: Test
    where: str = ""
    owner: Owner | None = None
    detail: str = ""
    since: str = "came_at"


def _is(track: str, state: StrEnum) -> Test:
    return lambda people: people[track] == state


def _held(people: pd.DataFrame) -> Any:
    return people["hold"] != ""


def _has_problem(people: pd.DataFrame) -> Any:
    return people["problem"] != ""


def _no_data(people: pd.DataFrame) -> Any:
    return (people["certificate"] == Certificate.NUMBERED) & ~people["certificate_data"]


def _to_reprint(people: pd.DataFrame) -> Any:
    return (people["certificate"] == Certificate.NUMBERED) & (people["sheets"] > 0)


def _months_over(people: pd.DataFrame) -> Any:
    return (people["custody"] == Custody.AT_CENTRE) & people["months_over"]


def _slow(people: pd.DataFrame) -> Any:
    return (people["custody"] == Custody.AT_CENTRE) & people["slow"]


def _not_seen(people: pd.DataFrame) -> Any:
    return people["custody"].isin(AT_LEVEL.values()) & (people["stocktake"] != "")


def _not_found(missing: Step) -> Cause:
    words = ("盘点未见", "not found in the stocktake")
    return Cause("not-found", missing, "N5", *words, _not_seen, detail="stocktake", **_LIES)


def _problem(missing: Step) -> Cause:
    words = ("证书问题待处理", "a problem of certificate or record is open")
    at = {"where": "problem_owner", "detail": "problem", "since": "problem_since"}
    return Cause("problem-open", missing, "N5", *words, _has_problem, **at)  # type: ignore[arg-type]


def _hold(missing: Step) -> Cause:
    words = ("暂缓", "held")
    at = {"where": "hold_owner", "detail": "hold", "since": "hold_since"}
    return Cause("held", missing, "N5", *words, _held, **at)  # type: ignore[arg-type]


_AUDIT, _REGISTER, _PRINT = Step.AUDITED, Step.REGISTERED, Step.CERTIFICATE
_SEND, _GIVE, _CONFIRM = Step.DISPATCHED, Step.HANDED_OVER, Step.CONFIRMED

CAUSES: tuple[Cause, ...] = (
    Cause("not-reported", _AUDIT, "R1", "未上报毕业审核数据", "no audit data reported",
          lambda people: ~people["has_case"], where="branch"),
    _hold(_AUDIT),
    Cause("rule-unmet", _AUDIT, "G0", "审核未通过", "an audit rule is not met",
          lambda people: (people["audit"] == Audit.FAILED) & (people["unmet"] != ""),
          where="branch", detail="unmet"),
    Cause("awaiting-audit", _AUDIT, "T1", "待总部审核", "waits for HQ's audit", _is("audit", Audit.AWAITING)),
    Cause("awaiting-approval", _AUDIT, "R1", "审核通过待审批", "waits for the approval",
          _is("audit", Audit.PASSED)),
    Cause("number-voided", _REGISTER, "N5", "证书编号已作废", "the number is void",
          _is("certificate", Certificate.VOIDED)),
    Cause("registration-rejected", _REGISTER, "T4", "学历注册被退回", "the registry rejected it",
          _is("registration", Registration.REJECTED)),
    _hold(_REGISTER),
    Cause("awaiting-number", _REGISTER, "T4", "待编证书号", "waits for its number",
          _is("certificate", Certificate.NONE)),
    Cause("awaiting-export", _REGISTER, "T4", "待生成注册数据", "waits for the registry package",
          _is("registration", Registration.NONE)),
    Cause("awaiting-upload", _REGISTER, "T4", "注册数据待上报", "the package waits to be sent",
          _is("registration", Registration.EXPORTED)),
    Cause("awaiting-answer", _REGISTER, "T4", "已上报待学信网反馈", "sent, the registry has not answered",
          _is("registration", Registration.SENT)),
    Cause("upload-unknown", _REGISTER, "T4", "上报结果待查", "whether the upload arrived is unknown",
          _is("registration", Registration.UNKNOWN)),
    _hold(_PRINT),
    Cause("awaiting-data", _PRINT, "R2", "未上报毕业颁证数据", "no certificate data reported", _no_data,
          where="branch"),
    Cause("awaiting-reprint", _PRINT, "R2", "作废待补印", "spoiled, waits to be printed again", _to_reprint),
    Cause("awaiting-print", _PRINT, "R2", "待打印", "waits to be printed",
          _is("certificate", Certificate.NUMBERED)),
    Cause("returned", _SEND, "N5", "已退回总部待重发", "came back to HQ, to be sent again",
          _is("custody", Custody.RETURNED), since="held_since"),
    Cause("at-partner", _SEND, "N2", "在合作高校盖章", "away for the partner's seal",
          _is("certificate", Certificate.AT_PARTNER), owner=Owner.PARTNER, since="hold_since"),
    _hold(_SEND),
    Cause("awaiting-packing", _SEND, "R2", "待装包", "waits to be packed",
          lambda people: people["certificate"].isin([Certificate.PRINTED, Certificate.SEALED])),
    _not_found(_SEND),
    Cause("awaiting-dispatch", _SEND, "R2", "已装包待发出", "packed, waits to be sent",
          _is("certificate", Certificate.PACKED), since="held_since"),
    Cause("finding-open", _GIVE, "R2", "核对差异待处理", "what a check found is open",
          lambda people: people["finding"] != "", where="finding_owner", detail="finding",
          since="finding_since"),
    Cause("lost", _GIVE, "N5", "遗失待补办", "lost", _is("custody", Custody.LOST), **_LIES),
    Cause("damaged", _GIVE, "N5", "破损待退换", "damaged", _is("custody", Custody.DAMAGED), **_LIES),
    _problem(_GIVE),
    _hold(_GIVE),
    _not_found(_GIVE),
    Cause("in-transit", _GIVE, "N9", "运送途中待确认接收", "in transit, not confirmed yet",
          _is("custody", Custody.IN_TRANSIT), where="expected", since="held_since"),
    Cause("at-branch", _GIVE, "R2", "在分部待发往下级", "at the branch, not sent on",
          _is("custody", Custody.AT_BRANCH), **_LIES),
    Cause("at-college", _GIVE, "R2", "在地方学院待发往学习中心", "at the local college, not sent on",
          _is("custody", Custody.AT_COLLEGE), **_LIES),
    Cause("not-picked-up", _GIVE, "G3", "满两个月未领取", "not picked up for two months", _months_over,
          **_LIES),
    Cause("slow-at-centre", _GIVE, "N5", "到学习中心逾期未发放", "too long at the centre", _slow, **_LIES),
    Cause("awaiting-student", _GIVE, "N5", "待学生领取", "waits for the student",
          _is("custody", Custody.AT_CENTRE), where="holder", owner=Owner.STUDENT, since="held_since"),
    _problem(_CONFIRM),
    _hold(_CONFIRM),
    Cause("record-hidden", _CONFIRM, "N7", "学信网信息尚未公开", "the record is not public yet",
          _is("visibility", Visibility.HIDDEN), since="handed_over_at"),
    Cause("record-unconfirmed", _CONFIRM, "N5", "学信网信息待学生确认", "the student has not confirmed it",
          lambda people: people["record"] != RecordCheck.CONFIRMED, where="holder", since="handed_over_at"),
)  # fmt: skip
_DETAILS_ZH = {
    **HOLDS_ZH,
    **NOT_FOUND_ZH,
    **{str(kind): zh for kind, zh in FINDINGS_ZH.items()},
    **{f"{about}/{one.code}": zh + one.zh for about, zh in ABOUT_ZH.items() for one in FIELDS.values()},
}
UNEXPLAINED = Cause("unexplained", "", "N5", "原因不明", "unexplained", lambda _: True)


def said_cause(code: str, detail: str = "") -> str:
    """Return a cause in Chinese, with its particular.

    >>> said_cause("held", "photo")
    '暂缓：缺照片'
    """
    known = {cause.code: cause.zh for cause in (*CAUSES, UNEXPLAINED)}
    return known[code] + (f"：{said_detail(detail)}" if detail else "")


def said_detail(detail: str) -> str:
    """Return a hold's reason, what is wrong (record/name), a finding or an unmet audit rule in Chinese.

    >>> said_detail("G0-credits")
    '毕业总学分不足'
    """
    if detail in _DETAILS_ZH or detail not in REASONS:
        return _DETAILS_ZH.get(detail, detail)
    head = _END_OF_HEAD.split(REASONS[detail].zh)[0]
    return _PLACE.sub("", head).removesuffix("须为")
