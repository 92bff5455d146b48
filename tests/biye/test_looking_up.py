"""The demo's students look their records up once these are public; one finds a mistake (N5)."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from biye.sandbox.fetching import Fetching
from biye.sandbox.incidents import Incidents
from biye.sandbox.looking_up import LookingUp, asked_students
from models.case import Case
from models.columns import table_of
from models.confirmation import Confirmation
from models.database import reading, transaction
from tasks.policy import current_reference, season_pack
from tests.played_season import DONE, SEASON

CASES, CONFIRMATIONS = table_of(Case), table_of(Confirmation)


def show(state: str) -> None:
    with transaction() as db:
        db.execute(update(CASES).where(CASES.c.visible_on.is_not(None)).values(visibility=state))


def records() -> list[str]:
    with reading() as db:
        return sorted(db.scalars(select(CONFIRMATIONS.c.record)))


def test_who_came_before_the_record_was_public_confirms_it_later_but_for_two(played: Path) -> None:
    incidents = Incidents(print)
    looking, pack = LookingUp(SEASON, current_reference(), incidents), season_pack(SEASON)
    show("hidden")
    handed = Fetching(SEASON, incidents).fetch(DONE, pack)
    assert records() == ["deferred"] * handed
    show("visible")
    public = len(asked_students(SEASON))
    assert looking.look(DONE + timedelta(hours=6), pack) == public - 2 > 0
    assert (records().count("confirmed"), records().count("wrong")) == (public - 2, 1)
    assert {"wrong-record", "record-unconfirmed"} <= incidents.found.keys()
    looking.put_right(DONE + timedelta(days=1), pack)
    assert (records().count("confirmed"), records().count("wrong")) == (public - 1, 0)
