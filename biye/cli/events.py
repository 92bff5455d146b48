"""How events are named to people."""

from rules.states import TRACKS, chinese

EVENTS = {
    "promise-kept": "时限已履行",
    "sighted": "误投登记",
    "scan-repeated": "重复扫描",
    "emptied": "已无待发证书",
    "checked": "到货核对",
    "problem-opened": "登记证书问题",
    "problem-corrected": "证书已更正",
    "problem-dismissed": "证书经核实无误",
    "registry-corrected": "学信网已更正",
    "statement-issued": "出具毕业证明书",
    "seal-printing-let": "同意打印",
    "taken-out": "取出证书",
    "stocktake-opened": "开始盘点",
    "stocktake-found": "盘点相符",
    "stocktake-explained": "盘点说明",
    "stocktake-closed": "结束盘点",
    "unmasked": "查看完整个人信息",
    "other-unit-rows": "上报了其他单位学生的行",
}


def said_event(kind: str) -> str:
    """Return an event's kind with its Chinese name: a move of a track by the state it led to.

    >>> said_event("custody-at-branch")
    '在分部 custody-at-branch'
    """
    moves = {f"{track.__name__.lower()}-{state}": chinese(state) for track in TRACKS for state in track}
    named = {**moves, **EVENTS}.get(kind, "")
    return f"{named} {kind}".strip()
