"""The approval of a season's closing: who stands at which step is the list; a yes closes it for good (N5)."""

from sqlalchemy import Connection, insert

from models.closure import CLOSURES
from models.event import record
from rules.clock import start_of_day
from tasks.approval_list import Frozen, Verdict
from tasks.closure import closed_at
from tasks.policy import season_pack
from tasks.season_close import closing, refuse_open


def season_number(season: str) -> int:
    """Return the number by which approvals name a season.

    >>> season_number("2020-01")
    202001
    """
    return int(season.replace("-", ""))


def season_of(number: int) -> str:
    """Return the season that a number names.

    >>> season_of(202001)
    '2020-01'
    """
    return f"{number // 100:04d}-{number % 100:02d}"


def present_close(db: Connection, number: int) -> Frozen:
    """Return a season as it stands now; one that is closed is no longer what was to be approved."""
    season = season_of(number)
    pack = season_pack(season, db)
    # Causes change with the day, steps do not, and only they are frozen.
    found = closing(db, season, pack, start_of_day(pack.issue_date))
    fingerprint = "" if closed_at(db, season) else found.fingerprint
    return Frozen(fingerprint, found.people, season, None, {"missing": str(found.missing)})


def approve_close(db: Connection, yes: Verdict) -> None:
    """Close the season; Refused close-open when something came up since it was proposed."""
    season = yes.row.season
    found = closing(db, season, yes.pack, yes.as_of)
    refuse_open(found)
    row = {"season": season, "approval_id": yes.row.id, "closed_at": yes.as_of, "closed_by": yes.by}
    db.execute(insert(CLOSURES), row | {"missing": found.missing})
    yes.tell(db, f"season-close:{yes.row.subject_id}")
    record(db, f"season:{season}", "season-closed", yes.as_of, actor=yes.by, missing=found.missing)
