"""Moving a track of cases: by the table of legal moves, a set at a time, with one event."""

import pandas as pd
import pytest
from sqlalchemy import insert

from models.bulk import reserve_ids
from models.database import transaction
from models.event import Event
from rules.states import Certificate, Registration
from tasks.track import IllegalMove, move, move_rows
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


def rows(states: dict[int, str], holder: int) -> pd.DataFrame:
    return pd.DataFrame({"id": list(states), "certificate": list(states.values()), "order_row": holder})


def test_rows_move_with_what_changes_beside_and_the_event_counts_who_was_elsewhere() -> None:
    first = lot()
    fresh, there = case(first, 1), case(first, 2, certificate="numbered")
    with transaction() as db:
        said = rows({fresh: "none", there: "numbered"}, 7)
        assert move_rows(db, Certificate.NUMBERED, said, stream="lot:1", as_of=NOW) == [fresh]
    assert column("certificate") == {fresh: "numbered", there: "numbered"}
    assert column("order_row") == {fresh: 7, there: 7}
    (event,) = rows_of(Event)
    assert (event["kind"], event["count"]) == ("certificate-numbered", 1)


def test_rows_of_which_one_has_no_such_move_move_nobody() -> None:
    first = lot()
    numbered, fresh = case(first, 1, certificate="numbered"), case(first, 2)
    said = rows({numbered: "numbered", fresh: "none"}, 7)
    with transaction() as db, pytest.raises(IllegalMove, match="none"):
        move_rows(db, Certificate.PRINTED, said, stream="lot:1", as_of=NOW)
    assert column("certificate") == {numbered: "numbered", fresh: "none"}
    assert rows_of(Event) == []


def test_reserved_ids_are_new_and_taken_by_nobody_else() -> None:
    known = case(lot(), 1)
    with transaction() as db:
        reserved = reserve_ids(db, CASES, 3)
        like = dict(db.execute(CASES.select()).mappings().one())
        for place, one in enumerate(reserved):
            db.execute(insert(CASES), like | {"id": one, "season": f"later-{place}"})
    later = case(lot("110", 2), 2)
    assert len({known, *reserved, later}) == 5
