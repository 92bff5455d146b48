"""Windows: what is taken, parked or refused by kind and instant of receipt (T1, T2, T3, R3, N1, N4, N6,
N8).
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.batch_windows import windows_for
from rules.clock import SHANGHAI
from rules.refusals import REASONS, Refused
from rules.season_values import Kind
from rules.windows import UNWINDOWED, batch_open_at, details, place
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.rules.test_season import other_season


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


instants = st.datetimes(datetime.fromisoformat("2019-11-01"), datetime.fromisoformat("2020-07-01")).map(
    lambda naive: naive.replace(tzinfo=SHANGHAI)
)
kinds = st.sampled_from(Kind)

PLACES = [
    # T1: practice grades, inclusive window in Shanghai
    ("practice", "2019-11-28 23:59:59", "parked", 1, "T1-early"),
    ("practice", "2019-11-29 00:00:00", "open", 1, None),
    ("practice", "2019-12-02 23:59:59", "open", 1, None),
    ("practice", "2019-12-03 00:00:00", "parked", 2, "T1-late"),
    ("practice", "2020-01-19 12:00:00", "parked", 2, "T1-late"),
    ("practice", "2020-02-17 00:00:00", "open", 2, None),
    # T2: final-exam grades in batch 2 alone
    ("final-exam", "2019-11-30 10:00:00", "parked", 2, "T2-early"),
    ("final-exam", "2020-02-16 23:59:59", "parked", 2, "N4-vacation"),
    ("final-exam", "2020-02-17 00:00:00", "open", 2, None),
    ("final-exam", "2020-04-17 23:59:59", "open", 2, None),
    # N1: the closings
    ("final-exam", "2020-04-18 00:00:00", "refused", None, "N1-closed"),
    ("practice", "2020-04-18 00:00:00", "refused", None, "N1-closed"),
    ("audit-data", "2020-01-15 23:59:59", "open", 1, None),
    ("audit-data", "2020-01-16 00:00:00", "parked", 2, "T1-late"),
    ("audit-data", "2020-04-18 00:00:00", "refused", None, "N1-closed"),
    ("certificate-data", "2020-01-15 23:59:59", "open", 1, None),
    ("certificate-data", "2020-01-16 00:00:00", "parked", 2, "T1-late"),
    ("certificate-data", "2020-04-17 23:59:59", "open", 2, None),
    # N4: arrivals in the vacation wait
    ("audit-data", "2020-01-19 23:59:59", "parked", 2, "T1-late"),
    ("audit-data", "2020-01-20 00:00:00", "parked", 2, "N4-vacation"),
    ("practice", "2020-02-16 23:59:59", "parked", 2, "N4-vacation"),
    ("photos", "2020-02-01 10:00:00", "parked", 2, "N4-vacation"),
    # R1, N7: later photos release holds
    ("photos", "2019-12-10 10:00:00", "open", 1, None),
    ("photos", "2020-01-17 10:00:00", "open", 1, None),
    ("photos", "2020-05-01 10:00:00", "open", 2, None),
    ("photos", "2019-11-01 10:00:00", "parked", 1, "T1-early"),
    # no window
    ("roster", "2019-11-01 10:00:00", "open", None, None),
    ("grade-history", "2020-02-01 10:00:00", "open", None, None),
    ("registry-receipt", "2020-02-20 10:00:00", "open", 2, None),
    # T3: refused when late, not parked
    ("audit-data-fast-track", "2019-12-20 10:00:00", "open", 1, None),
    ("audit-data-fast-track", "2020-01-25 10:00:00", "parked", 2, "N4-vacation"),
    ("audit-data-fast-track", "2020-03-09 23:59:59", "open", 2, None),
    ("audit-data-fast-track", "2020-03-10 00:00:00", "refused", None, "T3-late"),
    # R3: judged by receipt
    ("exemption", "2019-12-10 23:59:59", "open", 1, None),
    ("exemption", "2019-12-11 00:00:00", "open", 1, None),
    # N4, N6, N8
    ("urgent-request", "2020-01-19 23:59:59", "open", None, None),
    ("urgent-request", "2020-01-20 00:00:00", "refused", None, "N4-urgent-late"),
    ("cover-estimate", "2020-06-01 10:00:00", "open", None, None),
    ("extension", "2020-05-15 23:59:59", "open", None, None),
    ("extension", "2020-05-16 00:00:00", "refused", None, "N8-late"),
]


@pytest.mark.parametrize(("kind", "received", "outcome", "batch", "code"), PLACES)
def test_each_kind_has_its_place_to_the_second(kind, received, outcome, batch, code):
    placed = place(january_2020(), kind, at(received))
    assert (placed.outcome, placed.batch, placed.code) == (outcome, batch, code)


def test_a_practice_grade_one_second_after_the_window_waits_for_batch_2():
    """T1: parked with the date on which it is judged again, never lost."""
    placed = place(january_2020(), "practice", at("2019-12-03 00:00:00"))
    assert (placed.outcome, placed.batch, placed.until) == ("parked", 2, at("2020-02-17 00:00"))


def test_an_open_window_says_when_it_closes():
    assert place(january_2020(), "practice", at("2019-11-30 00:00")).until == at("2019-12-03 00:00")


def test_windows_are_shanghais_wherever_the_clock_stands():
    """T1: 16:00 UTC on 12-02 is 12-03 in Shanghai."""
    utc = datetime(2019, 12, 2, 16, tzinfo=UTC)
    assert place(january_2020(), "practice", utc).code == "T1-late"
    assert place(january_2020(), "practice", utc - timedelta(seconds=1)).outcome == "open"


def test_an_instant_without_a_time_zone_is_a_programming_error():
    with pytest.raises(ValueError, match="time zone"):
        place(january_2020(), "practice", datetime.fromisoformat("2019-12-02"))


def test_an_unknown_kind_is_a_programming_error():
    with pytest.raises(ValueError, match="grades"):
        place(january_2020(), "grades", at("2019-12-02"))


@pytest.mark.parametrize(
    ("instant", "batch"),
    [("2019-11-28 23:59:59", None), ("2019-11-29", 1), ("2020-01-15 23:59:59", 1), ("2020-01-16", None),
     ("2020-02-17", 2), ("2020-04-17 23:59:59", 2), ("2020-04-18", None)],
)  # fmt: skip
def test_the_open_batch_by_instant(instant, batch):
    assert batch_open_at(january_2020(), at(instant)) == batch


@given(kinds, instants)
def test_a_placement_is_whole(kind, received):
    """Open has no code; the rest has one of the table, whose sentences need nothing that is missing."""
    placed = place(january_2020(), kind, received)
    assert (placed.code is None) == (placed.outcome == "open")
    if placed.code:
        told = Refused(placed.code, **details(january_2020(), kind, received, placed))
        assert "<" not in str(told)
        assert "None" not in str(told)


@given(kinds, instants)
def test_a_parked_row_is_taken_when_its_batch_opens(kind, received):
    """T1: nothing parked is ever lost (R3's later season is another season's matter)."""
    placed = place(january_2020(), kind, received)
    if placed.outcome == "parked" and placed.season is None:
        again = place(january_2020(), kind, placed.until)
        assert (again.outcome, again.batch) == ("open", placed.batch)
        assert placed.until > received


@given(kinds, instants)
def test_nothing_goes_to_the_cancelled_batch(kind, received):
    """N4."""
    assert place(january_2020(), kind, received).batch in (None, 1, 2)


@given(st.sampled_from(sorted(set(Kind) - UNWINDOWED)), instants)
def test_an_open_placement_holds_up_to_its_end(kind, received):
    placed = place(january_2020(), kind, received)
    if placed.outcome == "open" and placed.until:
        last = place(january_2020(), kind, placed.until - timedelta(microseconds=1))
        assert last.outcome == "open"
        assert place(january_2020(), kind, placed.until) != last


@given(st.sampled_from(["practice", "final-exam", "audit-data", "certificate-data"]), instants)
def test_open_is_exactly_inside_a_window(kind, received):
    inside = [window.batch for window in windows_for(january_2020(), kind) if window.holds(received)]
    placed = place(january_2020(), kind, received)
    assert ([placed.batch] if placed.outcome == "open" else []) == inside


@pytest.mark.parametrize(
    ("part", "kind"),
    [("fast_track", "audit-data-fast-track"), ("exemption", "exemption"), ("urgent", "urgent-request"),
     ("covers", "cover-estimate"), ("extension", "extension")],
)  # fmt: skip
def test_a_file_of_what_the_season_lacks_is_refused_with_the_reason(part, kind):
    pack = pack_with(**{part: GONE})
    placed = place(pack, kind, at("2019-12-01"))
    assert (placed.outcome, placed.code) == ("refused", "pack-kind-off")
    assert kind in str(Refused(placed.code, **details(pack, kind, at("2019-12-01"), placed)))


def test_a_grade_kind_that_no_batch_takes_is_off():
    pack = pack_with(batches__2__grades=["practice"], batches__2__windows=[])
    assert place(pack, "final-exam", at("2020-03-01")).code == "pack-kind-off"


def test_n6_covers_are_ordered_as_long_as_the_season_has_something_due():
    assert place(january_2020(), "cover-estimate", at("2020-06-17 23:59")).outcome == "open"
    placed = place(january_2020(), "cover-estimate", at("2020-08-01"))
    assert (placed.outcome, placed.code) == ("refused", "N6-closed")


def test_a_late_cover_estimate_is_taken_with_a_warning():
    """N6: the day is HQ's to set."""
    pack = pack_with(**{"dates__cover-estimates__day": "2020-01-10"})
    placed = place(pack, "cover-estimate", at("2020-01-11"))
    assert (placed.outcome, placed.warnings) == ("open", ("N6-late",))
    assert place(pack, "cover-estimate", at("2020-01-10 23:59")).warnings == ()


def test_an_unknown_deadline_is_waited_for_and_stops_nothing():
    """T3: nothing is guessed while the enrolment deadline is not set."""
    pack = pack_with(**{"dates__enrolment-deadline__day": GONE})
    placed = place(pack, "audit-data-fast-track", at("2020-04-01"))
    assert (placed.outcome, placed.waits_for) == ("open", "enrolment-deadline")


def test_the_fast_track_ends_with_the_last_batch_that_may_carry_it():
    """T3."""
    pack = pack_with(fast_track__last_batch=1)
    assert place(pack, "audit-data-fast-track", at("2020-01-15")).outcome == "open"
    assert place(pack, "audit-data-fast-track", at("2020-01-16")).code == "T3-late"


def test_a_fast_track_file_is_not_parked_for_a_window_after_its_deadline():
    """T3: a late file is refused, not parked."""
    pack = pack_with(**{"dates__enrolment-deadline__day": "2020-02-12"})  # Monday 02-03, inside the vacation
    assert place(pack, "audit-data-fast-track", at("2020-01-25")).code == "T3-late"


def test_a_closing_may_have_a_time_of_day():
    taken, late = (
        place(other_season(), "final-exam", at(f"2019-10-31 {clock}")) for clock in ("16:59:59", "17:00")
    )
    assert (taken.outcome, taken.batch) == ("open", 11)
    assert (late.outcome, late.batch) == ("open", 5)  # its last batch has no start, so it is open already


def test_a_batch_without_a_known_start_has_not_opened():
    pack = pack_with(**{"dates__vacation-start__day": GONE, "batches__2__audit__opens": "vacation-start"})
    placed = place(pack, "audit-data", at("2020-01-17"))
    assert (placed.outcome, placed.batch, placed.code, placed.waits_for) == (
        "parked",
        2,
        "window-waits",
        "vacation-start",
    )
    assert "vacation-start" in str(
        Refused(placed.code, **details(pack, "audit-data", at("2020-01-17"), placed))
    )


@pytest.mark.parametrize(
    ("received", "warnings"),
    [("2019-10-14", ()), ("2019-10-16", ("window-lower-level",)), ("2019-10-25", ("window-lower-level",))],
)
def test_a_window_of_a_lower_level_only_warns(received, warnings):
    placed = place(other_season(), "practice", at(received))
    assert (placed.outcome, placed.batch, placed.warnings) == ("open", 11, warnings)


def test_a_window_of_another_clause_has_a_code_of_the_table():
    pack = pack_with(batches__0__windows__0__clause="G1")
    assert place(pack, "practice", at("2019-12-03")).code == "window-late"
    assert "window-late" in REASONS
