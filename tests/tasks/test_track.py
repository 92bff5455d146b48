"""Moving a track of cases: by the table of legal moves, a set at a time, with one event."""

import pytest

from models.database import transaction
from models.event import Event
from rules.states import Certificate, Registration
from tasks.track import IllegalMove, move
from tests.tasks.graduates import CASES, NOW, case, column, lot, rows_of, season

pytestmark = pytest.mark.usefixtures(season.__name__)


def moved(target: Certificate | Registration, *ids: int) -> list[int]:
    with transaction() as db:
        return move(db, target, CASES.c.id.in_(ids), stream="lot:1", as_of=NOW, actor="王")


def test_a_set_moves_with_one_event_that_counts_it() -> None:
    one, other, third = (case(lot("110", part), part) for part in (1, 2, 3))
    assert moved(Certificate.NUMBERED, other, one) == [one, other]
    assert column("certificate") == {one: "numbered", other: "numbered", third: "none"}
    (event,) = rows_of(Event)
    assert (event["kind"], event["count"], event["actor"]) == ("certificate-numbered", 2, "王")


def test_what_is_there_already_is_not_moved_again_and_leaves_no_event() -> None:
    one = case(lot(), 1)
    moved(Certificate.NUMBERED, one)
    assert moved(Certificate.NUMBERED, one) == []
    assert len(rows_of(Event)) == 1


def test_a_move_that_the_table_does_not_have_moves_nobody() -> None:
    first = lot()
    numbered, fresh = case(first, 1, certificate="numbered"), case(first, 2)
    with pytest.raises(IllegalMove):
        moved(Certificate.PRINTED, numbered, fresh)
    assert column("certificate") == {numbered: "numbered", fresh: "none"}
    assert rows_of(Event) == []


def test_tracks_move_apart() -> None:
    one = case(lot(), 1, registration="sent")
    moved(Registration.ACCEPTED, one)
    assert (column("registration")[one], column("certificate")[one]) == ("accepted", "none")
