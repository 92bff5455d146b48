"""Certificates that carry a partner university's seal: out to the partner on a list, and back (N2)."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from rules.identity import mask_id
from rules.refusals import Reason, Refused, register


class SealOutcome(StrEnum):
    """What became of one certificate of a list; without one it is still away."""

    SEALED = "sealed"
    MISSING = "missing"  # did not come back: printed again
    DAMAGED = "damaged"  # came back spoiled: printed again
    SPOILED = "spoiled"  # its sheet was spoiled while it was away


CHINESE = {
    SealOutcome.SEALED: "已盖章返回",
    SealOutcome.MISSING: "未返回",
    SealOutcome.DAMAGED: "返回时破损",
    SealOutcome.SPOILED: "已登记作废",
}

register(
    Reason(
        "seal-nothing",
        "N2",
        "{target} 没有待送盖章的证书。",
        "There is nothing to send for {target}'s seal.",
        "用 biye seal list 查看合作高校名称、名单编号和待打印、待送、在外的数量。",
        "biye seal list shows partners, lots, and what is to be printed, to be sent, and away.",
    ),
    Reason(
        "seal-list-unknown",
        "N2",
        "没有送盖章清单 {list}。",
        "There is no seal list {list}.",
        "用 biye seal list 查看清单编号。",
        "See biye seal list.",
    ),
    Reason(
        "seal-not-away",
        "N2",
        "证书 {numbers} 不在清单 {list} 上，或已返回，未作登记。",
        "Certificates {numbers} are not on list {list} or are back already; nothing was noted.",
        "请对照清单核对证书编号。",
        "Compare the numbers with the list.",
    ),
    Reason(
        "seal-twice",
        "N2",
        "证书 {numbers} 同时列为几种情况，未作登记。",
        "Certificates {numbers} were given more than once; nothing was noted.",
        "每本证书只写一次：未随同返回、遗失或破损。",
        "Name each once: excepted, missing or damaged.",
    ),
)


def outcomes_of(
    list_id: int,
    away: Collection[str],
    excepted: Collection[str],
    lost: Mapping[SealOutcome, Collection[str]],
) -> dict[str, SealOutcome]:
    """Return what became of each number that is no longer away; who is not named is sealed.

    away: numbers of the list that were away. excepted: stay away. Raises Refused seal-not-away, seal-twice.
    """
    named = [*excepted, *(number for numbers in lost.values() for number in numbers)]
    _refuse("seal-not-away", list_id, set(named) - set(away))
    _refuse("seal-twice", list_id, {number for number in named if named.count(number) > 1})
    said = {number: outcome for outcome, numbers in lost.items() for number in numbers}
    back = set(away) - set(excepted)
    return {number: said.get(number, SealOutcome.SEALED) for number in sorted(back)}


def _refuse(code: str, list_id: int, numbers: set[str]) -> None:
    if numbers:
        raise Refused(code, list=list_id, numbers="、".join(map(mask_id, sorted(numbers))))
