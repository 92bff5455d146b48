"""Approvals: who may say yes to what, and why an approval is refused (DESIGN 10)."""

import unicodedata
from enum import StrEnum

from rules.refusals import Reason, Refused, register


class ApprovalKind(StrEnum):
    """What is approved."""

    LOT_AUDIT = "lot-audit"
    REGISTRY_UPLOAD = "registry-upload"
    EXEMPTION_WITHDRAWAL = "exemption-withdrawal"  # a late application taken back (R3)
    SEASON_CLOSE = "season-close"  # nothing comes in any more (N5)
    CORRECTION = "correction"  # of grades: another score for an exam that has one (N3)
    CERTIFICATE_VOID = "certificate-void"  # a number, with its registration (N5)
    CERTIFICATE_CORRECTION = "certificate-correction"  # of what a certificate says (N5)
    URGENT_CASE = "urgent-case"  # cases that overtake others (N4)
    EXTENSION = "extension"  # of a unit's students' enrolment (N8)
    WITHDRAWAL_LIST = "withdrawal-list"  # of a unit's students past their validity (N8)


CHINESE = {
    ApprovalKind.LOT_AUDIT: "毕业审核名单",
    ApprovalKind.REGISTRY_UPLOAD: "学历注册数据上报",
    ApprovalKind.CORRECTION: "成绩更正",
    ApprovalKind.EXEMPTION_WITHDRAWAL: "撤回免修免考申请",
    ApprovalKind.URGENT_CASE: "加急办理",
    ApprovalKind.CERTIFICATE_VOID: "证书编号作废",
    ApprovalKind.CERTIFICATE_CORRECTION: "证书更正",
    ApprovalKind.SEASON_CLOSE: "关闭毕业季",
    ApprovalKind.EXTENSION: "学籍延期",
    ApprovalKind.WITHDRAWAL_LIST: "退学名单",
}
STATES_CHINESE = {  # of an approval, however it was decided
    "proposed": "待审批",
    "approved": "已批准",
    "rejected": "已否决",
    "stale": "已失效",
    "withdrawn": "已撤回",
}
BY_DOCUMENT = (ApprovalKind.LOT_AUDIT, ApprovalKind.EXTENSION, ApprovalKind.WITHDRAWAL_LIST)

register(
    Reason(
        "approval-unknown",
        "R1",
        "没有审批事项 {id}。",
        "there is no approval {id}.",
        "运行 biye approval list 查看待审批事项。",
        "Run biye approval list to see what is waiting.",
    ),
    Reason(
        "approval-nameless",
        "R1",
        "审批人姓名不能为空。",
        "the name of who decides is empty.",
        "用 --by 写明审批人。",
        "Give it with --by.",
    ),
    Reason(
        "approval-same-person",
        "R1",
        "审批事项 {id} 由 {by} 提出，不能由本人批准。",
        "approval {id} was proposed by {by}, who cannot approve it.",
        "请由另一人审批。",
        "Another person has to approve it.",
    ),
    Reason(
        "approval-decided",
        "R1",
        "审批事项 {id} 已处理：{state}。",
        "approval {id} has been decided: {state}.",
        "运行 biye approval list 查看待审批事项。",
        "Run biye approval list to see what is waiting.",
    ),
    Reason(
        "approval-document",
        "R1",
        "审批事项 {id} 是{kind}，须写明审批文号。",
        "approval {id} needs the approval document's number.",
        "用 --document-no 写明文号。",
        "Give it with --document-no.",
    ),
    Reason(
        "approval-stale",
        "R1",
        "审批事项 {id} 提出后名单已有变化（原 {count} 条，现 {now} 条），未执行。",
        "approval {id}: the list has changed since it was proposed ({count} then, {now} now); nothing done.",
        "请核对重新提出的事项：{renewed}。",
        "Check what was proposed in its place: {renewed}.",
    ),
    Reason(
        "correction-lost-pass",
        "G0",
        "成绩更正 {id} 使 {count} 名已审批学生的课程由及格变为不及格，未执行。",
        "correction {id} takes a pass away from {count} students whose audit is approved; nothing done.",
        "尚未编号：先撤回毕业审核审批（biye approval withdraw）再批准；已编号：请否决并人工处理。",
        "Withdraw the audit's approval first (biye approval withdraw); once numbered, reject this one.",
    ),
    Reason(
        "approval-not-in-force",
        "R1",
        "审批事项 {id} 不能撤回：{state}。",
        "approval {id} cannot be withdrawn: {state}.",
        "只有已批准的毕业审核名单可以撤回：biye approval list --all",
        "Only an approved lot's audit can be: biye approval list --all",
    ),
    Reason(
        "approval-numbered",
        "R1",
        "审批事项 {id} 的名单已有 {count} 名学生取得证书编号，不能撤回。",
        "approval {id} cannot be withdrawn: {count} of its students have a certificate number.",
        "编号一经分配不再撤回；个别问题请逐人处理。",
        "Numbers stand once they are allocated; settle single cases one by one.",
    ),
)


def check_person(approval: int, proposer: str, by: str) -> None:
    """Refuse an approver without a name (approval-nameless) or who proposed it (approval-same-person).

    Width, case and blanks do not make another person.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    if same_name(by) == same_name(proposer):
        raise Refused("approval-same-person", id=approval, by=proposer)


def same_name(name: str) -> str:
    """Return a name as it is compared.

    >>> same_name(" 李 明") == same_name("李明")
    True
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def check_document(approval: int, kind: str, document_no: str) -> None:
    """Refuse an approval that is given by a document without its number (approval-document)."""
    if kind in BY_DOCUMENT and not document_no.strip():
        raise Refused("approval-document", id=approval, kind=CHINESE[ApprovalKind(kind)])
