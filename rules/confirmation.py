"""What a student confirms at pick-up: that the certificate is right, and that the CHSI record is (N5).

The record can only be looked up once it is public (N7). Until then its confirmation is deferred: the study
centre that handed the certificate over owns it, and the season's clock (`confirmation`) runs.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.refusals import Reason, Refused, register


class RecordCheck(StrEnum):
    """What a student has said about the CHSI record."""

    DEFERRED = "deferred"
    CONFIRMED = "confirmed"
    WRONG = "wrong"  # a problem is open; once it is settled the student is asked again


CHINESE = {
    RecordCheck.DEFERRED: "待学生核对",
    RecordCheck.CONFIRMED: "学生确认无误",
    RecordCheck.WRONG: "学生指出有误",
}

register(
    Reason(
        "N5-not-handed-over",
        "N5",
        "学号 {student_no} 的证书尚未发放，学信网信息在领取时确认。",
        "The certificate of {student_no} is not handed over yet; the CHSI record is confirmed at pick-up.",
        "请先登记发放：biye certificate hand-over 学号 --by 学习中心。",
        "Hand it over first: biye certificate hand-over STUDENT_NO --by CENTRE.",
    ),
    Reason(
        "N5-confirmed-elsewhere",
        "N5",
        "学号 {student_no} 的证书由 {centre} 发放，{by} 不能登记其学信网信息确认。",
        "The certificate of {student_no} was handed over by {centre}: {by} cannot confirm the record.",
        "由发放证书的学习中心或其上级单位登记。",
        "The study centre that handed it over confirms it, or a unit above it.",
    ),
    Reason(
        "N5-confirmed-earlier",
        "N5",
        "学号 {student_no} 的证书 {since} 才发放，不能在 {at} 确认学信网信息。",
        "The certificate of {student_no} was handed over at {since}, after {at}.",
        "请核对确认时间。",
        "Check the time of the confirmation.",
    ),
    Reason(
        "N5-record-hidden",
        "N7",
        "学号 {student_no} 的学信网信息尚未公开，学生还不能核对。",
        "The CHSI record of {student_no} is not public yet: the student cannot look it up.",
        "请待公开后登记；biye case show 学号 说明公开日期和原因。",
        "Wait until it is; biye case show STUDENT_NO tells when and why not.",
    ),
    Reason(
        "N5-record-wrong",
        "N5",
        "学号 {student_no} 的学信网信息已登记有误，总部处理完毕前不能确认无误。",
        "The CHSI record of {student_no} was reported as wrong: confirm it once that is settled.",
        "用 biye certificate problems 毕业季 查看；由总部登记学信网已更正或经核实无误。",
        "See biye certificate problems SEASON; HQ notes that CHSI corrected it, or dismisses it.",
    ),
    Reason(
        "N5-record-list",
        "N5",
        "名单 {file} 未登记，有 {count} 行不能登记：{lines}。",
        "Nothing of {file} was entered, for {count} of its lines cannot be: {lines_en}.",
        "请更正这些行后整份重报；单个学号可用 biye certificate confirm-record 查明原因。",
        "Correct these lines and give the list again; confirm-record tells the reason for one student.",
    ),
    Reason(
        "N5-record-columns",
        "N5",
        "名单 {file} 缺少“学号”列，或没有一行学号。",
        "{file} has no column 学号, or no student number in it.",
        "第一行写表头：学号,有误栏目,说明；信息无误的后两列留空。",
        "Its first line is 学号,有误栏目,说明; the last two stay empty where the record is right.",
    ),
)


@dataclass(frozen=True)
class Pickup:
    """What a student's pick-up says of the record. student_no: masked; visible: whether it is public (N7).

    centre: who handed the certificate over, "" while nobody has; units: that centre and those above it.
    """

    student_no: str
    check: RecordCheck
    visible: bool
    centre: str
    units: tuple[str, ...]
    handed_over_at: datetime | None


def at_hand_over(visible: bool, later: bool) -> RecordCheck:
    """Return what is known of the record as a certificate is handed over.

    later: the student has not looked, though the record is public.

    >>> at_hand_over(visible=True, later=False).value, at_hand_over(visible=False, later=False).value
    ('confirmed', 'deferred')
    """
    return RecordCheck.CONFIRMED if visible and not later else RecordCheck.DEFERRED


def judge_answer(pickup: Pickup, wrong: bool, by: str, at: datetime) -> RecordCheck | None:
    """Return what a student's word about the record makes of it; None: said before, nothing changes.

    wrong: the student found something wrong. Raises Refused N5-not-handed-over, N5-confirmed-elsewhere,
    N5-confirmed-earlier, N5-record-hidden, N5-record-wrong.
    """
    _check_pickup(pickup, by, at)
    if not pickup.visible:
        raise Refused("N5-record-hidden", student_no=pickup.student_no)
    if wrong:
        return RecordCheck.WRONG
    if pickup.check is RecordCheck.WRONG:
        raise Refused("N5-record-wrong", student_no=pickup.student_no)
    return None if pickup.check is RecordCheck.CONFIRMED else RecordCheck.CONFIRMED


def _check_pickup(pickup: Pickup, by: str, at: datetime) -> None:
    where = {"student_no": pickup.student_no}
    if pickup.handed_over_at is None:
        raise Refused("N5-not-handed-over", **where)
    if by not in pickup.units:
        raise Refused("N5-confirmed-elsewhere", **where, centre=pickup.centre, by=by)
    if at < pickup.handed_over_at:
        raise Refused("N5-confirmed-earlier", **where, since=pickup.handed_over_at, at=at)
