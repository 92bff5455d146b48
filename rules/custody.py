"""Who may take a package of certificates over, and what one scan of its label means (N9).

Packages go HQ → branch or college → local college, where the study centre belongs to one → study centre. A
package is always in exactly one place: with its holder, or on the way from its holder to the unit expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rules.reference import HQ
from rules.refusals import Reason, Refused, register
from rules.states import Custody

if TYPE_CHECKING:
    import pandas as pd

AT_LEVEL: Mapping[str, Custody] = {
    "hq": Custody.AT_HQ,
    "branch": Custody.AT_BRANCH,
    "college": Custody.AT_BRANCH,  # a college under HQ is a reporting unit like a branch
    "local-college": Custody.AT_COLLEGE,
    "study-centre": Custody.AT_CENTRE,
}

register(
    Reason(
        "N9-unknown-organisation",
        "N9",
        "机构表中没有 {value}。",
        "There is no organisation {value}.",
        "请核对机构代码（总部 010，分部和学院 3 位，地方学院 5 位，学习中心 7 位）。",
        "Check the code: 010 is HQ; 3 digits a branch or college, 5 a local college, 7 a centre.",
    ),
    Reason(
        "N9-unknown-package",
        "N9",
        "没有证书包 {value}。",
        "There is no package {value}.",
        "请对照标签重新输入编号或扫描二维码；仍不符时请联系总部。",
        "Compare with the label, or scan the QR code; ask HQ if it still does not fit.",
    ),
    Reason(
        "N9-last-stop",
        "N9",
        "证书包已到学习中心 {holder}，此后逐本发给学生，不再整包发出。",
        "The package is at its study centre, {holder}; from here certificates go to students one by one.",
        "发放证书请用 biye certificate hand-over 学号 --by {holder}。",
        "Use biye certificate hand-over STUDENT_NO --by {holder}.",
    ),
    Reason(
        "N9-earlier",
        "N9",
        "证书包 {package} 的交接时间 {at} 早于上一次交接 {since}。",
        "Package {package}: {at} is before its last transfer, {since}.",
        "请核对扫描时间。",
        "Check the time of the scan.",
    ),
    Reason(
        "N9-nonce",
        "N9",
        "证书包 {package} 的这次扫描与另一包的扫描编号相同，未作登记。",
        "Package {package}: this scan has the number of a scan of another package; it was not kept.",
        "请重新扫描。",
        "Scan it again.",
    ),
    Reason(
        "R2-dispatch-held",
        "R2",
        "证书包 {package} 中有 {count} 本证书暂缓发出。",
        "Package {package} holds {count} certificates that must not leave yet.",
        "请先处理暂缓原因；biye case show 学号 说明每一项。",
        "See to the holds first; biye case show STUDENT_NO explains each.",
    ),
)


class Direction(StrEnum):
    """What the scanner says: it came in, or it goes out."""

    IN = "in"
    OUT = "out"


class Outcome(StrEnum):
    """What a scan led to."""

    MOVED = "moved"
    REPEATED = "repeated"  # said once already: nothing changes
    SIGHTING = "sighting"  # by a unit that is not expected: nothing moves, sender and expected unit are told


OUTCOMES_CHINESE = {
    Outcome.MOVED: "已交接 moved",
    Outcome.REPEATED: "重复 repeated",
    Outcome.SIGHTING: "误投登记 sighting",
}
DIRECTIONS_CHINESE = {Direction.IN: "接收 in", Direction.OUT: "发出 out"}


@dataclass(frozen=True)
class Place:
    """Where a package is. expected: who must confirm next while it is on the way, else None."""

    custody: Custody
    holder: str
    expected: str | None = None


@dataclass(frozen=True)
class Tree:
    """The organisations: parent, level and name of each code."""

    parents: Mapping[str, str]
    levels: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, organisations: pd.DataFrame) -> Tree:
        """Build the tree from Reference.organisations."""
        codes = organisations["code"].tolist()
        columns = (dict(zip(codes, organisations[name], strict=True)) for name in ("parent", "level", "name"))
        return cls(*columns)

    def route(self, centre: str) -> tuple[str, ...]:
        """Return the stops of a study centre's packages, from HQ to the centre."""
        return tuple(self._upwards(centre))[::-1]

    def next_stop(self, holder: str, centre: str) -> str | None:
        """Return who is to have a package after `holder`; None at the centre and off the route."""
        stops = self.route(centre)
        after = stops.index(holder) + 1 if holder in stops else len(stops)
        return stops[after] if after < len(stops) else None

    def place_at(self, organisation: str) -> Place:
        """Return the place of what lies with an organisation."""
        return Place(AT_LEVEL[self.levels[self.known(organisation)]], organisation)

    def known(self, organisation: str) -> str:
        """Return the code if there is such an organisation; Refused N9-unknown-organisation."""
        if organisation not in self.levels:
            raise Refused("N9-unknown-organisation", value=organisation)
        return organisation

    def said(self, organisation: str) -> str:
        """Return an organisation's name with its code, for people."""
        return f"{self.names[organisation]}（{organisation}）"

    def _upwards(self, code: str) -> Iterator[str]:
        while code:
            yield self.known(code)
            code = "" if code == HQ else self.parents[code]


def judge_scan(place: Place, centre: str, by: str, direction: Direction, tree: Tree) -> tuple[Outcome, Place]:
    """Return what a scan by an organisation means and where the package is after it.

    Raises Refused N9-unknown-organisation, and N9-last-stop when the study centre itself sends a package on.
    """
    tree.known(by)
    judge = _judge_arrival if direction is Direction.IN else _judge_departure
    return judge(place, centre, by, tree)


def _judge_arrival(place: Place, _centre: str, by: str, tree: Tree) -> tuple[Outcome, Place]:
    if place.custody is Custody.IN_TRANSIT and by == place.expected:
        return Outcome.MOVED, tree.place_at(by)
    if _lies_with(place, by):
        return Outcome.REPEATED, place
    return Outcome.SIGHTING, place


def _judge_departure(place: Place, centre: str, by: str, tree: Tree) -> tuple[Outcome, Place]:
    if place.custody is Custody.IN_TRANSIT and by == place.holder:
        return Outcome.REPEATED, place
    if not _lies_with(place, by):
        return Outcome.SIGHTING, place
    following = tree.next_stop(by, centre)
    if following is None:
        raise Refused("N9-last-stop", holder=by)
    return Outcome.MOVED, replace(place, custody=Custody.IN_TRANSIT, expected=following)


def _lies_with(place: Place, by: str) -> bool:
    # A package reported lost or damaged lies with nobody: a scan of it is a sighting that somebody must see.
    lies = place.custody in AT_LEVEL.values() or place.custody is Custody.HANDED_OVER
    return lies and by == place.holder
