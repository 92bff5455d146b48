"""Plans that fall due seconds from now, and waiting for what follows."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from rules.clock import now_in_shanghai
from rules.timeline import PlannedSeries
from tasks.policy import adopt_pack
from tests.rules.policy_packs import text_with


def known_season(season: str) -> None:
    """Make the shipped pack known under another season's id."""
    adopt_pack(text_with(season=season), f"{season}.yaml", now_in_shanghai())


def series(flow: str, at: datetime, batch: int | None = 1, clause: str = "T1") -> PlannedSeries:
    """One run of a flow at an instant."""
    return PlannedSeries(flow, batch, clause, (at.date(),), at.time().replace(microsecond=0))


def soon(seconds: float) -> datetime:
    """An instant in some seconds."""
    return now_in_shanghai() + timedelta(seconds=seconds)


def wait_for(holds: Callable[[], object], within: float = 180.0) -> None:
    """Wait until something holds; AssertionError when it does not in time."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"did not happen within {within} s"
        time.sleep(0.2)
