"""How promises are named to people."""

from rules.promises import DWELL

HOLDERS = {
    "branch": "分部停留 at branch",
    "college": "地方学院停留 at college",
    "centre": "学习中心停留 at centre",
}
READINGS = {"issue-date": "自发证日期 from issue", "audit-approval": "自审批 from approval"}


def said_promise(duty: str, label: str) -> str:
    """Return a promise's name: the pack's words and which reading it is, or who holds the package."""
    name, _, part = duty.partition("/")
    return HOLDERS.get(part, part) if name == DWELL else f"{label} {READINGS.get(part, part)}".strip()
