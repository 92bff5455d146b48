"""T4, R2, G3, N7, N8: every clock is looked at once a day, and records whose day has come become visible."""

from datetime import datetime
from typing import Any

from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.policy import season_pack
from tasks.promise import age_promises
from tasks.promise_season import refresh_season_promises
from tasks.visibility import make_visible

SHOWN = ("clause", "duty", "subject", "subject_id", "holder", "due_on", "open", "state")


@step()
def age(season: str, as_of: datetime) -> list[dict[str, Any]]:
    """Bring all promises to the day and return the new alarms."""
    alarms = age_promises(season, season_pack(season), as_of)
    return [{name: str(getattr(alarm, name)) for name in SHOWN} for alarm in alarms]


@step()
def count_season(season: str, as_of: datetime) -> None:
    """Start and count what the season as a whole owes (N8)."""
    refresh_season_promises(season, season_pack(season), as_of)


@step()
def show_records(season: str, as_of: datetime) -> int:
    """Show the accepted records whose day has come (N7)."""
    return make_visible(season, season_pack(season), as_of)


@phase("watch", clause="G3")
def watch_promises(season: str, as_of: datetime) -> None:
    """时限：逐日核对全部时限，提醒将超期的，公开到期的注册信息。

    Age every promise of the season, raise its alarms, and release the records that are due.
    """
    show_records(season, as_of)
    count_season(season, as_of)
    show("watch", season, None, age(season, as_of), "新的超期提醒 · new alarms")
