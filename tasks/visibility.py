"""When a registered record becomes publicly searchable (N7): three dates, and never without a photo."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from models.case import Case
from models.columns import table_of
from models.database import transaction
from rules.clock import day_in_shanghai, end_of_day, start_of_day
from rules.holds import CERTIFICATE, PHOTO
from rules.season import Pack
from rules.states import Registration, Visibility
from rules.visibility import visible_from
from tasks.hold import held, settle
from tasks.registry_due import photo_taken_at
from tasks.track import move

_CASES = table_of(Case)


def make_visible(season: str, pack: Pack, as_of: datetime) -> int:
    """Show every accepted record whose day has come; return how many.

    visible_on = max(issue date, acceptance of record and photo), days in Asia/Shanghai (N7). Before the issue
    date nothing is shown, and a record waits until the registry has its photo, too.
    """
    today = day_in_shanghai(as_of)
    if today < pack.issue_date:
        return 0
    with transaction() as db:
        _release_photo_holds(db, season, as_of)
        days = [day for day in _days(db, _due(season), pack.issue_date) if day <= today]
        return sum(_show(db, season, day, day == pack.issue_date, as_of) for day in days)


def _due(season: str) -> ColumnElement[bool]:
    return (
        (_CASES.c.season == season)
        & (_CASES.c.registration == Registration.ACCEPTED.value)
        & (_CASES.c.visibility == Visibility.HIDDEN.value)
        & photo_taken_at().is_not(None)
        & ~held("visibility")
    )


def _release_photo_holds(db: Connection, season: str, as_of: datetime) -> None:
    """Release the holds of who has a photo: of the certificate here, of the record with the registry."""
    mine, stream = _CASES.c.season == season, f"season:{season}"
    arrived = mine & _CASES.c.photo_submission.is_not(None)
    settle(db, arrived, [PHOTO], [], stream=stream, as_of=as_of, tracks=[CERTIFICATE])
    settle(db, mine & photo_taken_at().is_not(None), [PHOTO], [], stream=stream, as_of=as_of)


def _days(db: Connection, due: ColumnElement[bool], issue: date) -> list[date]:
    """Return the days on which due records become visible, the first first."""
    wanted = select(_CASES.c.registered_at, photo_taken_at()).where(due).distinct()
    return sorted({visible_from(issue, *row) for row in db.execute(wanted)})


def _show(db: Connection, season: str, day: date, first: bool, as_of: datetime) -> int:
    """Show what becomes visible on one day; on the first, all that was ready before it too."""
    registered = _CASES.c.registered_at
    photo = photo_taken_at()
    ready = _due(season) & (registered < end_of_day(day)) & (photo < end_of_day(day))
    if not first:
        ready &= or_(registered >= start_of_day(day), photo >= start_of_day(day))
    values = {"visible_on": day}
    stream = f"season:{season}"
    return len(move(db, Visibility.VISIBLE, ready, stream=stream, as_of=as_of, values=values, day=str(day)))
