"""The January 2020 season by date, from its policy pack."""

from docs.pages.text import SEASON, head, shipped_pack, table
from rules.milestones import Milestone, milestones


def page() -> str:
    """Return docs/timetable.md."""
    said = f"From `seasons/{SEASON.name}`, on the calendar with all that is known of it by now."
    headings = ("日期 day", "条款", "事项", "what", "来源 provenance", "规则 rule")
    rows = [_row(one) for one in milestones(shipped_pack())]
    return (
        head("2020年1月毕业季时间表 · Timetable of the January 2020 season", said)
        + "\n"
        + table(headings, rows)
    )


def _row(one: Milestone) -> tuple[object, ...]:
    return _days(one), one.clause, one.zh, one.en, one.provenance, one.rule


def _days(one: Milestone) -> str:
    if one.waits_for:
        return f"待定 waits for {one.waits_for}"
    ends = [str(day) if day else "…" for day in (one.first, one.last)]
    return "–" if ends == ["…", "…"] else ends[0] if ends[0] == ends[1] else " … ".join(ends)
