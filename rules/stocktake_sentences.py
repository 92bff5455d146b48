"""What a person who scans in a stocktake is told, in Chinese and in English (N5)."""

from dataclasses import dataclass
from enum import StrEnum

from rules.custody import Place, Tree
from rules.states import Custody, chinese


class ScanOutcome(StrEnum):
    """What a scan in a stocktake led to."""

    FOUND = "found"
    REPEATED = "repeated"  # counted already: nothing changes
    UNEXPECTED = "unexpected"  # custody says that it is elsewhere: nothing moves


@dataclass(frozen=True)
class StockScan:
    """One scan in a stocktake. code: masked where it is a number; place: as custody says; by: who counts."""

    code: str
    certificates: int
    outcome: ScanOutcome
    place: Place
    by: str


def stocktake_sentences(scan: StockScan, tree: Tree) -> tuple[str, str]:
    """Return what happened and what comes next, in Chinese and in English."""
    said, said_en = f"{scan.code}（{scan.certificates} 本）", f"{scan.code} ({scan.certificates})"
    if scan.outcome is ScanOutcome.FOUND:
        return f"相符：{said} 在 {tree.said(scan.by)}。", f"Found: {said_en}."
    if scan.outcome is ScanOutcome.REPEATED:
        again = f"Repeated: {said_en} was counted already; nothing changed."
        return f"重复扫描：{said} 已计入，未作变动。", again
    return (
        f"多出：{said} 依保管记录{_where(scan.place, tree)}，未作移动。{_advice(scan)}",
        f"Unexpected: {said_en} is elsewhere by custody ({scan.place.custody}); nothing was moved.",
    )


def _where(place: Place, tree: Tree) -> str:
    units = " → ".join(tree.said(unit) for unit in (place.holder, place.expected) if unit)
    return f"{chinese(place.custody)}（{units}）"


def _advice(scan: StockScan) -> str:
    if scan.place.custody is Custody.IN_TRANSIT and scan.place.expected == scan.by:
        return f"请确认接收：biye package scan 证书包编号 --by {scan.by}。"
    return f"请查明后说明：biye stocktake explain 编号 --by {scan.by}。"
