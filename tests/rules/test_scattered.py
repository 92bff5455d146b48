"""Scattered submissions (N3): many small files in few days are a warning with count, sizes and gaps."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.scattered import Arrival, said_scattered, scattering
from rules.season_parts import Scattered
from tests.played_season import at
from tests.rules.policy_packs import january_2020

LIMIT = Scattered(more_than=3, within_days=5, smaller_than=20, clause="N3", provenance="inferred")
FIRST = at("2019-12-02T09:00")


def came(*files: tuple[int, int]) -> list[Arrival]:
    """Files by the day on which they came, and their rows."""
    return [Arrival(n, FIRST + timedelta(days=day), rows) for n, (day, rows) in enumerate(files, start=1)]


def receipts(*files: tuple[int, int]) -> tuple[int, ...]:
    """Receipts of the files that came scattered."""
    found = scattering(came(*files), LIMIT)
    return tuple(one.receipt for one in found.arrivals) if found else ()


def test_n3_more_small_files_than_the_pack_says_inside_its_days_are_scattered() -> None:
    assert receipts((0, 5), (1, 1), (2, 19), (4, 7)) == (1, 2, 3, 4)


def test_n3_as_many_as_allowed_big_ones_or_ones_far_apart_are_not() -> None:
    assert receipts((0, 5), (1, 1), (2, 19)) == ()
    assert receipts((0, 5), (1, 1), (2, 20), (4, 500)) == ()
    assert receipts((0, 5), (1, 1), (2, 19), (5, 7)) == (), "the fifth day after the first is outside"


def test_n3_days_are_shanghais_and_not_multiples_of_24_hours() -> None:
    late = [Arrival(n, at(f"2019-12-0{n}T23:00"), 1) for n in (2, 3, 4)]
    assert scattering([*late, Arrival(9, at("2019-12-06T23:59"), 1)], LIMIT)
    assert not scattering([*late, Arrival(9, at("2019-12-07T00:01"), 1)], LIMIT)


def test_n3_the_warning_says_count_sizes_and_gaps_in_both_languages() -> None:
    found = scattering(came((0, 5), (0, 1), (1, 12), (4, 7)), LIMIT)
    assert found
    said = str(said_scattered(found, "practice", "综合实践环节成绩"))
    for words in (
        "综合实践环节成绩上报过于分散：5 天内 4 份，每份 1–12 行，间隔 0–3 天",
        "4 files in 5 days",
        "N3",
    ):
        assert words in said


def test_a_season_without_such_a_limit_warns_of_nothing() -> None:
    assert scattering(came(*[(0, 1)] * 50), None) is None
    assert january_2020().scattered is not None


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), max_size=12))
def test_n3_who_warns_can_name_the_files_and_no_run_is_missed(files: list[tuple[int, int]]) -> None:
    small = [day for day, rows in files if rows < LIMIT.smaller_than]
    most = max((sum(0 <= other - day < LIMIT.within_days for other in small) for day in small), default=0)
    assert len(receipts(*files)) == (most if most > LIMIT.more_than else 0)
