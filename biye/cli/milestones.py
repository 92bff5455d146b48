"""How lines of a season's timeline are said to people."""

from rules.milestones import Milestone


def said_days(one: Milestone) -> str:
    """Return the days of a milestone as people read them."""
    if one.waits_for:
        return "待定"
    if one.shape == "cancelled":
        return "—"
    if one.first == one.last:
        return str(one.first)
    return f"{one.first or ''} … {one.last or ''}"
