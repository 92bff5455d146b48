"""When a study centre may give a certificate to its student (N5, N7)."""

from dataclasses import dataclass
from datetime import date, datetime

from rules.clock import day_in_shanghai
from rules.reference import HQ
from rules.refusals import Reason, Refused, register
from rules.states import Custody, Registration, chinese

register(
    Reason(
        "N5-no-case",
        "N5",
        "学号 {student_no} 没有{season}毕业个案。",
        "Student {student_no} has no case{season}.",
        "请核对学号和毕业季。",
        "Check the student number and the season.",
    ),
    Reason(
        "N5-handed-over",
        "N5",
        "学号 {student_no} 的证书已于 {since} 由 {holder} 发放，不能由 {centre} 再次发放。",
        "The certificate of {student_no} was handed over by {holder} on {since}, not by {centre}.",
        "请核对学号；确有疑问时请联系总部。",
        "Check the student number; ask HQ if in doubt.",
    ),
    Reason(
        "N5-not-here",
        "N5",
        "学号 {student_no} 的证书不在 {centre}，目前：{where}。",
        "The certificate of {student_no} is not at {centre}; it is {custody} ({holder}).",
        "请先用 biye package scan 确认接收证书包，或到证书所在单位领取。",
        "Confirm the package's arrival with biye package scan first, or hand it over where it is.",
    ),
    Reason(
        "N5-earlier",
        "N5",
        "学号 {student_no} 的证书 {since} 才到 {centre}，不能在 {at} 发放。",
        "The certificate of {student_no} came to {centre} at {since}, after {at}.",
        "请核对发放时间。",
        "Check the time of the hand-over.",
    ),
    Reason(
        "N5-held",
        "N5",
        "学号 {student_no} 的证书暂缓发放：{reasons}。",
        "The certificate of {student_no} must not be handed over yet: {reasons}.",
        "请先处理暂缓原因；biye case show 学号 说明每一项。",
        "See to the holds first; biye case show STUDENT_NO explains each.",
    ),
    Reason(
        "N5-not-registered",
        "N5",
        "学号 {student_no} 的学历电子注册尚未成功（{registration}），证书不能发放。",
        "The registration of {student_no} is not accepted yet; the certificate cannot be handed over.",
        "请等待学信网注册结果；被退回的由总部更正后重新上报。",
        "Wait for CHSI's answer; HQ corrects and sends again what was rejected.",
    ),
    Reason(
        "N5-issue-date",
        "N7",
        "发证日期是 {issue_date}，{day} 尚不能发放学号 {student_no} 的证书。",
        "The issue date is {issue_date}: on {day} the certificate of {student_no} cannot be handed over yet.",
        "请在发证日期当天或之后发放；例外须由第二人批准。",
        "Hand it over on the issue date or later; an exception needs a second person.",
    ),
)


@dataclass(frozen=True)
class Standing:
    """What hand-over asks of one certificate. student_no: masked; holder: who has its package, since when."""

    student_no: str
    custody: Custody
    registration: Registration
    holder: str = HQ
    since: datetime | None = None
    handed_over_at: datetime | None = None
    holds: tuple[str, ...] = ()


def check_hand_over(standing: Standing, centre: str, at: datetime, issue_date: date) -> bool:
    """Return True if the certificate may be given out now, False if this centre has done so already.

    Raises Refused N5-… with the first reason why not: where it is, then its holds, registration, issue date.
    """
    if standing.custody is Custody.HANDED_OVER and standing.holder == centre:
        return False
    check_place(standing, centre, at)
    _check_permission(standing, day_in_shanghai(at), issue_date)
    return True


def check_place(standing: Standing, centre: str, at: datetime) -> None:
    """Refuse unless the certificate lies at this centre; Refused N5-handed-over, N5-not-here, N5-earlier."""
    where = {"student_no": standing.student_no, "centre": centre, "holder": standing.holder}
    if standing.custody is Custody.HANDED_OVER:
        raise Refused("N5-handed-over", **where, since=standing.handed_over_at)
    if standing.custody is not Custody.AT_CENTRE or standing.holder != centre:
        said = {"custody": standing.custody.value, "where": _said_place(standing)}
        raise Refused("N5-not-here", **where, **said)
    if standing.since and at < standing.since:
        raise Refused("N5-earlier", **where, at=at, since=standing.since)


def _said_place(standing: Standing) -> str:
    label = chinese(standing.custody)
    return label if standing.custody is Custody.NONE else f"{label}（{standing.holder}）"


def _check_permission(standing: Standing, day: date, issue_date: date) -> None:
    where = {"student_no": standing.student_no}
    if standing.holds:
        raise Refused("N5-held", **where, reasons="、".join(standing.holds))
    if standing.registration is not Registration.ACCEPTED:
        raise Refused("N5-not-registered", **where, registration=chinese(standing.registration))
    if day < issue_date:
        raise Refused("N5-issue-date", **where, day=day, issue_date=issue_date)
