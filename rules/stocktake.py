"""Stocktaking (盘点) at a holder: what custody says lies there against what is found there (N5).

Custody may change while people count: a certificate that is handed over or sent on meanwhile is owed no more,
one that comes in is confirmed by its arrival. A find moves nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

import rules.refusals_stocktake  # noqa: F401  registers its codes
from rules.refusals import Refused
from rules.states import Custody


class Verdict(StrEnum):
    """How one certificate stands in a stocktake; each stands in exactly one way."""

    FOUND = "found"
    ARRIVED = "arrived"  # came in while people counted: its arrival was confirmed
    MISSING = "missing"
    EXPLAINED = "explained"  # missing, and somebody said why
    UNEXPECTED = "unexpected"  # found, and custody says that it is elsewhere: a sighting
    SIGHTED = "sighted"  # unexpected, and somebody said why
    LEFT = "left"  # handed over, sent on or else moved by custody while people counted


class Explanation(StrEnum):
    """Why a certificate is missing or unexpected."""

    LOST = "lost"
    HANDED_OVER = "handed-over"
    SENT_ON = "sent-on"
    MISROUTED = "misrouted"
    NOT_ENTERED = "not-entered"
    NOT_HANDED_OVER = "not-handed-over"
    OTHER = "other"


EXPECTED = (Verdict.FOUND, Verdict.ARRIVED, Verdict.MISSING, Verdict.EXPLAINED)
UNRESOLVED = (Verdict.MISSING, Verdict.UNEXPECTED)
OF_MISSING = frozenset({Explanation.LOST, Explanation.HANDED_OVER, Explanation.SENT_ON, Explanation.OTHER})
OF_UNEXPECTED = frozenset(set(Explanation) - OF_MISSING | {Explanation.OTHER})
FITTING = {
    Verdict.MISSING: OF_MISSING,
    Verdict.EXPLAINED: OF_MISSING,
    Verdict.UNEXPECTED: OF_UNEXPECTED,
    Verdict.SIGHTED: OF_UNEXPECTED,
}
CHINESE = {
    Verdict.FOUND: "相符",
    Verdict.ARRIVED: "盘点中到货",
    Verdict.MISSING: "缺少",
    Verdict.EXPLAINED: "缺少已说明",
    Verdict.UNEXPECTED: "多出",
    Verdict.SIGHTED: "多出已说明",
    Verdict.LEFT: "盘点中移出",
}
REASONS_ZH = {
    Explanation.LOST: "遗失",
    Explanation.HANDED_OVER: "已发放未登记",
    Explanation.SENT_ON: "已发出未扫描",
    Explanation.MISROUTED: "误投",
    Explanation.NOT_ENTERED: "已到货未登记",
    Explanation.NOT_HANDED_OVER: "登记已发放而未发",
    Explanation.OTHER: "其他",
}
NEXT = {  # what puts custody right: the stocktake itself moves nothing but what is lost
    Explanation.LOST: "biye certificate spoil 编号 --reason lost；找到的 biye package found 编号",
    Explanation.HANDED_OVER: "biye certificate hand-over 学号 --by 单位",
    Explanation.SENT_ON: "biye package scan 编号 --by 单位 --out",
    Explanation.MISROUTED: "转交保管单位 hand it on to its holder",
    Explanation.NOT_ENTERED: "biye package scan 编号 --by 单位",
    Explanation.NOT_HANDED_OVER: "报总部 tell HQ",
    Explanation.OTHER: "",
}
UNSEEN = "unseen"  # not found yet, in a stocktake that goes on
NOT_FOUND_ZH = {UNSEEN: "正在盘点", **{reason.value: REASONS_ZH[reason] for reason in OF_MISSING}}
NUMBER_LENGTH = 18


@dataclass(frozen=True)
class Counts:
    """A stocktake in numbers: certificates, each counted once. found: with what came in meanwhile."""

    expected: int
    found: int
    missing: int
    explained: int
    unexpected: int
    sighted: int
    left: int

    @property
    def unresolved(self) -> int:
        """Return how many certificates nobody has explained."""
        return self.missing + self.unexpected


def judge(rows: pd.DataFrame) -> pd.Series:
    """Return the verdict on each certificate of a stocktake.

    rows: here (custody says now that it lies with the place), listed (custody said so at the opening, or when
    it was last scanned), found (scanned), came (reached the place after the opening), moved (moved by custody
    after it was scanned): bool; reason: an Explanation or "".
    """
    names = ("here", "listed", "found", "came", "moved")
    here, listed, found, came, moved = (rows[name].to_numpy(dtype=bool) for name in names)
    explained = (rows["reason"] != "").to_numpy(dtype=bool)
    gone = ~here & (listed | moved | ~found)
    tests: list[Any] = [here & found, explained & ~found, here & came, here, gone, explained]
    verdicts = (
        *(Verdict.FOUND, Verdict.EXPLAINED, Verdict.ARRIVED, Verdict.MISSING),
        *(Verdict.LEFT, Verdict.SIGHTED),
    )
    chosen = np.select(tests, [one.value for one in verdicts], Verdict.UNEXPECTED.value)
    return pd.Series(chosen, rows.index, dtype=object)


def counted(verdicts: pd.Series) -> Counts:
    """Return a stocktake's numbers: expected = found + missing + explained."""
    of = {verdict: int((verdicts == verdict).sum()) for verdict in Verdict}
    return Counts(
        expected=sum(of[verdict] for verdict in EXPECTED),
        found=of[Verdict.FOUND] + of[Verdict.ARRIVED],
        missing=of[Verdict.MISSING],
        explained=of[Verdict.EXPLAINED],
        unexpected=of[Verdict.UNEXPECTED],
        sighted=of[Verdict.SIGHTED],
        left=of[Verdict.LEFT],
    )


def next_act(reason: Explanation, custody: Custody) -> str:
    """Return what puts custody right; "" where nothing does, or the student has the certificate by now."""
    given = custody is Custody.HANDED_OVER and reason is not Explanation.NOT_HANDED_OVER
    return "" if given else NEXT[reason]


def is_number(code: str) -> bool:
    """Say whether a code is a certificate's number; else it is a package's."""
    return len(code.strip()) == NUMBER_LENGTH and code.strip().isdigit()


def check_explanation(code: str, verdicts: set[Verdict], reason: Explanation, note: str) -> None:
    """Refuse a reason that does not fit what is to be explained; Refused N5-stocktake-reason, -note."""
    fitting = frozenset.intersection(*(FITTING[verdict] for verdict in verdicts))
    if reason not in fitting:
        said = {verdict: CHINESE[verdict] for verdict in sorted(verdicts)}
        known = {"verdict": "、".join(said.values()), "verdict_en": ", ".join(said)}
        raise Refused(
            "N5-stocktake-reason", what=code, reason=reason.value, allowed=", ".join(sorted(fitting)), **known
        )
    if reason is Explanation.OTHER and not note.strip():
        raise Refused("N5-stocktake-note", what=code)


def check_close(place: str, counts: Counts) -> None:
    """Refuse to close a stocktake over what nobody has explained; Refused N5-stocktake-unexplained."""
    if counts.unresolved:
        said = {"missing": counts.missing, "unexpected": counts.unexpected}
        raise Refused("N5-stocktake-unexplained", place=place, **said)
