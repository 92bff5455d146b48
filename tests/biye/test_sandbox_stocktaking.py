"""N5: in a replay one centre takes stock, misses one certificate, finds one package astray, and closes."""

from pathlib import Path

from biye.sandbox.incidents import Incidents
from biye.sandbox.stocktaking import StockTaking
from tasks.policy import current_reference, season_pack
from tasks.stocktake_view import stocktakes
from tests.played_season import DONE, SEASON, at, played, played_home  # noqa: F401


def test_one_stocktake_is_taken_explained_and_closed(played: Path) -> None:  # noqa: F811
    incidents = Incidents(lambda _: None)
    people = StockTaking(SEASON, current_reference(), incidents)
    people.take(at("2020-01-20T15:00"), season_pack(SEASON))
    assert stocktakes() == []  # on the issue date students come first
    for _ in range(2):
        people.take(DONE, season_pack(SEASON))
    (taken,) = stocktakes()
    assert taken.closed_at
    assert (taken.counts.explained, taken.counts.missing, taken.counts.unexpected) == (1, 0, 0)
    assert taken.counts.sighted >= 1
    assert taken.counts.expected == taken.counts.found + 1
    assert set(incidents.found) == {"stocktake-missing", "stocktake-astray"}
