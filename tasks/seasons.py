"""Which seasons an installation runs, and which one is meant where none is named."""

from datetime import datetime

from sqlalchemy import select

from models.database import reading
from rules.clock import day_in_shanghai
from rules.refusals import Reason, Refused, register
from rules.timeline import season_days
from tasks.policy import POLICIES, season_pack

register(
    Reason(
        "season-none",
        "G1",
        "尚未部署任何毕业季。",
        "No season is deployed.",
        "请先运行 biye up，另开终端运行 biye reference load 文件夹、biye season deploy 政策包.yaml；"
        "样例见 seasons/，步骤见 docs/administrator.md。",
        "Start biye up; in another terminal run biye reference load FOLDER and biye season deploy PACK.yaml. "
        "seasons/ has examples, docs/administrator.md the steps.",
    ),
    Reason(
        "season-several",
        "G1",
        "部署了多个毕业季：{seasons}，须指明一个。",
        "Several seasons are deployed: {seasons}; one has to be named.",
        "请用 --season 指明。",
        "Name it with --season.",
    ),
)


def deployed_seasons() -> list[str]:
    """Return the seasons that have a policy in force."""
    with reading() as db:
        return list(db.scalars(select(POLICIES.c.season).distinct().order_by(POLICIES.c.season)))


def open_seasons(as_of: datetime) -> list[str]:
    """Return the seasons that an instant lies in; where it lies in none, all that are deployed."""
    day, known = day_in_shanghai(as_of), deployed_seasons()
    spans = {season: season_days(season_pack(season)) for season in known}
    return [season for season, span in spans.items() if span and span[0] <= day <= span[1]] or known


def season_meant(season: str) -> str:
    """Return the season that is named, or the only one there is; Refused season-none, season-several."""
    known = [season] if season else deployed_seasons()
    if not known:
        raise Refused("season-none")
    if len(known) > 1:
        raise Refused("season-several", seasons="、".join(known))
    return known[0]
