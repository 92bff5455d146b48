"""What may become of a certificate's sheet: printed again under the same number, or void (N5, Readings 9).

A sheet that counts no longer is entered in the ledger (作废台账). Its number stays the student's; it is void
only with its registration, and after hand-over no second certificate is ever made.
"""

from dataclasses import dataclass
from enum import StrEnum

from rules.refusals import Reason, Refused, register
from rules.states import Certificate, Custody, Registration, chinese


class SpoilReason(StrEnum):
    """Why a sheet counts no longer."""

    MISPRINT = "misprint"
    DAMAGED = "damaged"
    LOST = "lost"
    VOIDED = "voided"  # with its number


CHINESE = {
    SpoilReason.MISPRINT: "打印错误",
    SpoilReason.DAMAGED: "破损",
    SpoilReason.LOST: "遗失",
    SpoilReason.VOIDED: "编号作废",
}
HAS_SHEET = (Certificate.PRINTED, Certificate.AT_PARTNER, Certificate.SEALED, Certificate.PACKED)
_MAY_BE_VOID = (Registration.NONE, Registration.REJECTED)

register(
    Reason(
        "sheet-unknown",
        "N5",
        "没有证书编号或学号 {named} 的毕业证书。",
        "There is no certificate with number or student number {named}.",
        "请核对 18 位证书编号，或 13 位学号和毕业季；尚未编号的没有证书。",
        "Check the certificate number (18 digits), or student number and season; before numbering is none.",
    ),
    Reason(
        "sheet-none",
        "N5",
        "证书 {number} 目前没有证芯（{state}），不能登记作废。",
        "Certificate {number} has no sheet now ({state_en}): there is none to spoil.",
        "已登记作废的，下次制证时重新打印，编号不变。",
        "If it was spoiled before, the next certify run prints it again under the same number.",
    ),
    Reason(
        "sheet-handed-over",
        "N5",
        "证书 {number} 已发给学生，不再重印，也不作废。",
        "Certificate {number} was handed over: it is neither printed again nor voided.",
        "领取后遗失或损坏的，办理毕业证明书：biye certificate statement 学号 --by 姓名。",
        "Lost or damaged after hand-over: biye certificate statement STUDENT_NO --by NAME.",
    ),
    Reason(
        "sheet-voided",
        "N5",
        "证书 {number} 的编号已作废，不再使用。",
        "Certificate number {number} is void and never used again.",
        "请核对编号。",
        "Check the number.",
    ),
    Reason(
        "sheet-registered",
        "N5",
        "证书 {number} 的学历注册仍然有效（{registration}），编号不能作废。",
        "The registration of {number} stands ({registration_en}): its number cannot be voided.",
        "学信网注销注册后，用 --registration-cancelled 写明文号；打印错误用 biye certificate spoil。",
        "Once CHSI cancelled it, name its document with --registration-cancelled; for a misprint use spoil.",
    ),
    Reason(
        "sheet-not-handed-over",
        "N5",
        "证书 {number} 尚未发给学生（{state}），不办理毕业证明书。",
        "Certificate {number} was not handed over ({state_en}): no certified statement is made.",
        "发放前遗失或损坏的，由总部重印：biye certificate spoil 编号 --reason lost --by 姓名。",
        "Before hand-over HQ prints it again: biye certificate spoil NUMBER --reason lost --by NAME.",
    ),
    Reason(
        "sheet-nameless",
        "N5",
        "经办人姓名不能为空。",
        "The name of who does it is empty.",
        "请用 --by 写明姓名。",
        "Give it with --by.",
    ),
)


@dataclass(frozen=True)
class Sheet:
    """One certificate as these rules see it. number: masked."""

    number: str
    certificate: Certificate
    custody: Custody
    registration: Registration


def check_spoil(sheet: Sheet) -> None:
    """Refuse to spoil what has no sheet or was handed over; Refused sheet-…."""
    check_kept(sheet)
    if sheet.certificate not in HAS_SHEET:
        state = sheet.certificate
        raise Refused("sheet-none", number=sheet.number, state=chinese(state), state_en=state.value)


def check_void(sheet: Sheet, cancelled: str) -> None:
    """Refuse to void a number whose registration stands; cancelled: number of CHSI's document, or empty."""
    check_kept(sheet)
    if sheet.registration not in _MAY_BE_VOID and not cancelled.strip():
        state = sheet.registration
        said = {"registration": chinese(state), "registration_en": state.value}
        raise Refused("sheet-registered", number=sheet.number, **said)


def check_statement(sheet: Sheet) -> None:
    """Refuse a certified statement for what the student does not have; Refused sheet-not-handed-over."""
    if sheet.custody is not Custody.HANDED_OVER:
        said = {"state": chinese(sheet.custody), "state_en": sheet.custody.value}
        raise Refused("sheet-not-handed-over", number=sheet.number, **said)


def check_kept(sheet: Sheet) -> None:
    """Refuse what is void or was handed over; Refused sheet-voided, sheet-handed-over."""
    if sheet.certificate is Certificate.VOIDED:
        raise Refused("sheet-voided", number=sheet.number)
    if sheet.custody is Custody.HANDED_OVER:
        raise Refused("sheet-handed-over", number=sheet.number)
