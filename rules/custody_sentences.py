"""What a person who scans a package is told: what happened, and what comes next (N9)."""

from dataclasses import dataclass
from datetime import datetime

from rules.custody import Direction, Outcome, Place, Tree
from rules.states import Custody, chinese


@dataclass(frozen=True)
class ScanFacts:
    """One judged scan. place: where the package is after it; since: when it came there before this scan."""

    code: str
    certificates: int
    centre: str
    by: str
    direction: Direction
    outcome: Outcome
    place: Place
    since: datetime


def chinese_sentence(facts: ScanFacts, tree: Tree) -> str:
    """Return what happened and what comes next, in Chinese."""
    package, by = f"证书包 {facts.code}", tree.said(facts.by)
    if facts.outcome is Outcome.SIGHTING:
        return (
            f"误投登记：{package} 不应由 {by} {_VERBS[facts.direction][0]}，未作移动。"
            f"{chinese_place(facts.place, tree)}。{_advice(facts, tree)}"
        )
    if facts.outcome is Outcome.REPEATED:
        return (
            f"重复扫描：{by} 已于 {facts.since:%Y-%m-%d %H:%M} {_VERBS[facts.direction][1]} {package}，"
            "未作变动。"
        )
    if facts.direction is Direction.OUT:
        return (
            f"{by} 已发出 {package}（{facts.certificates} 本），待 {_expected(facts.place, tree)} 确认接收。"
        )
    return f"{by} 已确认接收 {package}（{facts.certificates} 本）。{_advice(facts, tree)}"


def english_sentence(facts: ScanFacts) -> str:
    """Return what happened, in English."""
    package, verb = f"Package {facts.code}", "arrival" if facts.direction is Direction.IN else "departure"
    if facts.outcome is Outcome.SIGHTING:
        return f"Sighting: {package} is not {facts.by}'s to confirm; nothing was moved."
    if facts.outcome is Outcome.REPEATED:
        return f"Repeated: {facts.by} had confirmed the {verb} of {package} already; nothing changed."
    if facts.direction is Direction.OUT:
        return f"{package} left {facts.by} and is expected by {facts.place.expected}."
    return f"{package} is with {facts.by}."


def chinese_place(place: Place, tree: Tree) -> str:
    """Return where a package is, in Chinese.

    On the way both ends are named, since both answer for it.
    """
    if place.custody is Custody.IN_TRANSIT:
        return f"该包由 {tree.said(place.holder)} 发往 {_expected(place, tree)}，运送途中"
    if place.custody is Custody.HANDED_OVER:
        return f"该包证书已全部由 {tree.said(place.holder)} 发放"
    if place.custody in (Custody.LOST, Custody.DAMAGED):
        return f"该包已登记为{chinese(place.custody)}，最后由 {tree.said(place.holder)} 保管"
    return f"该包现由 {tree.said(place.holder)} 保管"


_VERBS = {Direction.IN: ("接收", "确认接收"), Direction.OUT: ("发出", "发出")}


def _expected(place: Place, tree: Tree) -> str:
    return tree.said(place.expected) if place.expected else "接收单位"


def _advice(facts: ScanFacts, tree: Tree) -> str:
    following = tree.next_stop(facts.place.holder, facts.centre)
    if facts.outcome is Outcome.SIGHTING:
        if facts.place.custody not in (Custody.IN_TRANSIT, Custody.HANDED_OVER) and facts.by == following:
            return f"请 {tree.said(facts.place.holder)} 先扫描发出（--out）。"
        return "请妥善保管并联系保管单位。"
    if following is None:
        return "可以逐本发给学生。"
    return f"下一站 {tree.said(following)}，发出时请再扫描，方向选“发出”（命令加 --out）。"
