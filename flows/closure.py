"""N5: at a season's end its closing is laid before a second person, unless a gap is unexplained."""

from datetime import datetime

from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.policy import season_pack
from tasks.proposal import PROPOSER, propose_close


@step()
def propose(season: str, as_of: datetime) -> int:
    """Propose the closing of the season; refused while a gap or anything else is open and unexplained."""
    return propose_close(season, season_pack(season), PROPOSER, as_of)


@phase("close-season", clause="N5")
def close_season(season: str, as_of: datetime) -> None:
    """关闭毕业季：无原因不明的缺口、无未办事项时提请关闭，须第二人审批。

    Propose to close the season; a second person approves, and then nothing comes in any more.
    """
    approval = propose(season, as_of)
    show("close-season", season, None, [{"待审批 approval": approval}], "关闭毕业季 · closing of the season")
