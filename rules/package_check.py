"""Checking a package on arrival: what the list says against what lies in it (R2).

Each difference is a finding with an owner: the sender looks for what is missing and says where an extra one
belongs; HQ prints again what is damaged or bears a wrong name.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from rules.identity import mask_id
from rules.reference import HQ
from rules.refusals import Reason, Refused, register


class FindingKind(StrEnum):
    """What was found about one certificate."""

    MISSING = "missing"
    EXTRA = "extra"
    DAMAGED = "damaged"
    WRONG_NAME = "wrong-name"


class FindingState(StrEnum):
    """What has become of a finding."""

    OPEN = "open"
    FOUND = "found"  # it is there after all, or it is right after all
    REPRINTED = "reprinted"  # its sheet was spoiled and is printed again
    VOIDED = "voided"  # with its number


CHINESE = {
    FindingKind.MISSING: "缺少",
    FindingKind.EXTRA: "多出",
    FindingKind.DAMAGED: "破损",
    FindingKind.WRONG_NAME: "姓名有误",
}
STATES_CHINESE = {
    FindingState.OPEN: "待处理",
    FindingState.FOUND: "已找到",
    FindingState.REPRINTED: "已安排重印",
    FindingState.VOIDED: "编号已作废",
}
WRONG_NAME = FindingKind.WRONG_NAME.value  # also the reason of the hold on its hand-over

register(
    Reason(
        "R2-check-not-here",
        "R2",
        "证书包 {package} 不在 {by}，不能由其核对。",
        "Package {package} is not with {by}, who cannot check it.",
        "请先确认接收（biye package scan 编号 --by {by}），或由现在的保管单位核对。",
        "Confirm its arrival first (biye package scan CODE --by {by}), or let its holder check it.",
    ),
    Reason(
        "R2-check-not-inside",
        "R2",
        "证书 {numbers} 不属于证书包 {package}，未作登记。",
        "Certificates {numbers} do not belong to package {package}; nothing was noted.",
        "请对照签收表；包内多出的证书用 --extra 登记。",
        "Compare with the packing list; name a certificate too many with --extra.",
    ),
    Reason(
        "R2-check-inside",
        "R2",
        "证书 {numbers} 本来就在证书包 {package} 的清单上，不是多出的。",
        "Certificates {numbers} are on the list of package {package}: they are not extra.",
        "请对照签收表。",
        "Compare with the packing list.",
    ),
    Reason(
        "R2-check-twice",
        "R2",
        "证书 {numbers} 同时列为几种情况，未作登记。",
        "Certificates {numbers} were given more than once; nothing was noted.",
        "每本证书只写一次。",
        "Name each certificate once.",
    ),
    Reason(
        "R2-not-missing",
        "R2",
        "证书 {number} 没有待找的登记。",
        "Nobody misses certificate {number}.",
        "用 biye package findings 查看待处理的核对结果。",
        "See the open findings: biye package findings.",
    ),
    Reason(
        "R2-not-damaged",
        "R2",
        "证书 {number} 没有登记为破损，不作退回。",
        "Certificate {number} was not reported as damaged: it is not returned.",
        "用 biye package check 编号 --by 单位 --damaged 证书编号 登记。",
        "Report it first: biye package check CODE --by ORG --damaged NUMBER.",
    ),
    Reason(
        "R2-found-elsewhere",
        "R2",
        "证书 {number} 应与证书包 {package} 一起，由 {holder} 登记找到。",
        "Certificate {number} belongs to package {package}: {holder} notes that it was found.",
        "请转交 {holder}；不便转交的退回总部，由总部（010）登记，随后重新装包。",
        "Hand it on to {holder}, or return it to HQ (010), who notes it and packs it anew.",
    ),
)


def findings_of(
    package: str, inside: Collection[str], named: Mapping[FindingKind, Collection[str]]
) -> dict[str, FindingKind]:
    """Return the finding about each certificate number.

    inside: the numbers that the package's list has. Raises Refused R2-check-not-inside, -inside, -twice.
    """
    every = [number for numbers in named.values() for number in numbers]
    found = {number: kind for kind, numbers in named.items() for number in numbers}
    extra = {number for number, kind in found.items() if kind is FindingKind.EXTRA}
    _refuse("R2-check-twice", package, {number for number in every if every.count(number) > 1})
    _refuse("R2-check-inside", package, extra & set(inside))
    _refuse("R2-check-not-inside", package, set(found) - extra - set(inside))
    return found


def owner_of(kind: FindingKind, sender: str) -> str:
    """Return who has to act on a finding."""
    return sender if kind in (FindingKind.MISSING, FindingKind.EXTRA) else HQ


def _refuse(code: str, package: str, numbers: set[str]) -> None:
    if numbers:
        raise Refused(code, package=package, numbers="、".join(map(mask_id, sorted(numbers))))
