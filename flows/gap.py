"""N5: once a week everybody who misses the next step is counted, by cause and owner (查缺补漏)."""

from datetime import datetime
from typing import Any

from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.gap import gap_rows, season_gaps
from tasks.policy import season_pack


@step()
def check(season: str, as_of: datetime) -> list[dict[str, Any]]:
    """Count who stands where and why; no person is named."""
    return gap_rows(season_gaps(season, season_pack(season), as_of))


@phase("gap-check", clause="N5")
def check_gaps(season: str, as_of: datetime) -> None:
    """查缺补漏：逐人核对办到哪一步、为何未到下一步、由谁办理，按分部和原因计数。

    Count everyone of the season by step, cause and owner; an unexplained one has to be looked into.
    """
    rows = check(season, as_of)
    show("gap-check", season, None, rows, "各分部缺口 · gaps by branch, cause and owner")
