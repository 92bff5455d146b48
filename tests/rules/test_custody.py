"""N9: who may take a package over, and what one scan means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.custody import AT_LEVEL, Direction, Outcome, Place, Tree, judge_scan
from rules.refusals import Refused
from rules.states import CUSTODY_MOVES, Custody

LEVELS = {
    "010": "hq",
    "130": "branch",
    "140": "branch",
    "901": "college",
    "13001": "local-college",
    "1300101": "study-centre",
    "1300201": "study-centre",
    "9010101": "study-centre",
}
PARENTS = {
    "010": "",
    "130": "010",
    "140": "010",
    "901": "010",
    "13001": "130",
    "1300101": "13001",
    "1300201": "130",
    "9010101": "901",
}
TREE = Tree(PARENTS, LEVELS, {code: f"单位{code}" for code in LEVELS})
CENTRES = ("1300101", "1300201", "9010101")
IN, OUT = Direction.IN, Direction.OUT
AT_HQ = Place(Custody.AT_HQ, "010")
TO_BRANCH = Place(Custody.IN_TRANSIT, "010", "130")
AT_BRANCH = Place(Custody.AT_BRANCH, "130")
TO_LOCAL = Place(Custody.IN_TRANSIT, "130", "13001")
AT_LOCAL = Place(Custody.AT_COLLEGE, "13001")
TO_CENTRE = Place(Custody.IN_TRANSIT, "13001", "1300101")
AT_CENTRE = Place(Custody.AT_CENTRE, "1300101")
MOVED, REPEATED, SIGHTING = Outcome.MOVED, Outcome.REPEATED, Outcome.SIGHTING


@pytest.mark.parametrize(
    ("centre", "route"),
    [
        ("1300101", ("010", "130", "13001", "1300101")),
        ("1300201", ("010", "130", "1300201")),
        ("9010101", ("010", "901", "9010101")),
    ],
)
def test_a_package_passes_a_local_college_only_where_its_centre_belongs_to_one(
    centre: str, route: tuple[str, ...]
) -> None:
    assert TREE.route(centre) == route


@pytest.mark.parametrize(
    ("place", "by", "direction", "outcome", "after"),
    [
        (AT_HQ, "010", OUT, MOVED, TO_BRANCH),
        (TO_BRANCH, "010", OUT, REPEATED, TO_BRANCH),
        (TO_BRANCH, "130", IN, MOVED, AT_BRANCH),
        (AT_BRANCH, "130", IN, REPEATED, AT_BRANCH),
        (AT_BRANCH, "130", OUT, MOVED, TO_LOCAL),
        (TO_LOCAL, "13001", IN, MOVED, AT_LOCAL),
        (AT_LOCAL, "13001", OUT, MOVED, TO_CENTRE),
        (TO_CENTRE, "1300101", IN, MOVED, AT_CENTRE),
        (AT_CENTRE, "1300101", IN, REPEATED, AT_CENTRE),
        # Not expected: nothing moves.
        (TO_BRANCH, "140", IN, SIGHTING, TO_BRANCH),
        (TO_BRANCH, "1300101", IN, SIGHTING, TO_BRANCH),
        (TO_BRANCH, "130", OUT, SIGHTING, TO_BRANCH),
        (TO_LOCAL, "130", IN, SIGHTING, TO_LOCAL),
        (AT_HQ, "130", IN, SIGHTING, AT_HQ),
        (AT_BRANCH, "13001", IN, SIGHTING, AT_BRANCH),
        (AT_BRANCH, "010", OUT, SIGHTING, AT_BRANCH),
        (Place(Custody.LOST, "130"), "130", IN, SIGHTING, Place(Custody.LOST, "130")),
    ],
)
def test_only_the_expected_unit_moves_a_package(
    place: Place, by: str, direction: Direction, outcome: Outcome, after: Place
) -> None:
    """N9: a transfer needs the expected holder; a repeat is told from a sighting."""
    assert judge_scan(place, "1300101", by, direction, TREE) == (outcome, after)


def test_a_college_under_hq_receives_like_a_branch() -> None:
    outcome, place = judge_scan(Place(Custody.IN_TRANSIT, "010", "901"), "9010101", "901", IN, TREE)
    assert (outcome, place) == (MOVED, Place(Custody.AT_BRANCH, "901"))


def test_a_study_centre_cannot_send_a_package_on() -> None:
    with pytest.raises(Refused) as refused:
        judge_scan(AT_CENTRE, "1300101", "1300101", OUT, TREE)
    assert refused.value.code == "N9-last-stop"


def test_a_unit_that_does_not_exist_is_named() -> None:
    with pytest.raises(Refused, match="999") as refused:
        judge_scan(TO_BRANCH, "1300101", "999", IN, TREE)
    assert refused.value.code == "N9-unknown-organisation"


scans = st.lists(st.tuples(st.sampled_from(sorted(LEVELS)), st.sampled_from(Direction)), max_size=60)


@given(st.sampled_from(CENTRES), scans)
def test_a_package_is_in_exactly_one_place_over_any_history(
    centre: str, history: list[tuple[str, Direction]]
) -> None:
    """N9: with one holder of its route, or between one and the next; it never jumps and never goes back."""
    place, route, step = AT_HQ, TREE.route(centre), 0
    for by, direction in history:
        try:
            outcome, after = judge_scan(place, centre, by, direction, TREE)
        except Refused:
            assert (by, direction, place.holder) == (centre, OUT, centre)
            continue
        if outcome is MOVED:
            step += 1
            assert after.custody in CUSTODY_MOVES[place.custody]
            assert by == (route[step // 2])
        else:
            assert after == place
        place = after
        assert place.holder == route[step // 2]
        travelling = step % 2 == 1
        assert place.expected == (route[step // 2 + 1] if travelling else None)
        assert place.custody == (Custody.IN_TRANSIT if travelling else AT_LEVEL[LEVELS[place.holder]])


@given(st.sampled_from(CENTRES), scans)
def test_the_same_scan_twice_moves_at_most_once(centre: str, history: list[tuple[str, Direction]]) -> None:
    place = AT_HQ
    for by, direction in history:
        try:
            outcome, place = judge_scan(place, centre, by, direction, TREE)
            again, after = judge_scan(place, centre, by, direction, TREE)
        except Refused:
            continue
        assert after == place
        assert again is (REPEATED if outcome is MOVED else outcome)
