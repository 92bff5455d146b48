"""What the registry still says of a closed season: fetched, taken in as late, and acted on (N5, N7)."""

from datetime import datetime

from sqlalchemy import select

from models.closure import CLOSURES
from models.database import reading
from tasks.policy import current_reference, season_pack
from tasks.registry_exchange import packages_to_ask, take_results
from tasks.visibility import make_visible


def seasons_closed() -> list[str]:
    """Return the closed seasons, in ascending order."""
    with reading() as db:
        return list(db.scalars(select(CLOSURES.c.season).order_by(CLOSURES.c.season)))


def take_late_answers(season: str, as_of: datetime) -> int:
    """Fetch what a registry with an interface has answered since, and show the records whose day has come.

    Answers that came as files are in already. Returns how many records became public. Raises as take_results.
    """
    pack = season_pack(season)
    for package in packages_to_ask(season):
        take_results(package, pack, current_reference(), as_of)
    return make_visible(season, pack, as_of)
