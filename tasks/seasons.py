"""Which seasons an installation runs, and which one is meant where none is named."""

from sqlalchemy import select

from models.database import reading
from rules.refusals import Reason, Refused, register
from tasks.policy import POLICIES

register(
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


def season_meant(season: str) -> str:
    """Return the season that is named, or the only one there is; Refused season-unknown, season-several."""
    known = [season] if season else deployed_seasons()
    if not known:
        raise Refused("season-unknown", season="")
    if len(known) > 1:
        raise Refused("season-several", seasons="、".join(known))
    return known[0]
