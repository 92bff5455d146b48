"""T3: the fast track's window, files that do not mix, and the lane of a case."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clock import SHANGHAI, start_of_day
from rules.deadlines import day_of
from rules.fast_track import audit_data_judge, lanes, named
from rules.order import FAST_TRACK, ORDINARY
from rules.refusals import Refused
from rules.season import Pack
from rules.submission import Judged
from rules.windows import details, place
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.submitted import codes_of, csv_file, outcomes_of, read, resident_id, roster_context, row_of

KIND = "audit-data-fast-track"
OPEN = datetime(2019, 12, 2, 10, tzinfo=SHANGHAI)
AFTER = datetime(2020, 3, 10, tzinfo=SHANGHAI)
GOES_ON = row_of(KIND)
OTHER = row_of(KIND, student_no="1712001200002", name="买买提·艾力", id_number=resident_id(3))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def with_deadline(day: date | None) -> Pack:
    """The shipped pack with another enrolment deadline."""
    dates = january_2020().dates
    known = dates["enrolment-deadline"].model_copy(update={"day": day})
    return january_2020().model_copy(update={"dates": {**dates, "enrolment-deadline": known}})


def judge(kind: str, *rows: dict[str, str], received: datetime = OPEN, pack: Pack | None = None) -> Judged:
    table = read(csv_file(kind, *rows), kind)
    judge_rows = audit_data_judge(pack or january_2020(), kind, received, "a.csv")
    return judge_rows(table.frame, table.row, roster_context(branch="010"))


def refusal(*args: object, **named: object) -> str:
    with pytest.raises(Refused) as caught:
        judge(*args, **named)  # type: ignore[arg-type]
    return f"{caught.value.code}: {caught.value}"


@pytest.mark.parametrize(("deadline", "monday"), [("2020-03-20", "2020-03-09"), ("2020-03-15", "2020-03-02")])
def test_t3_the_lane_closes_with_the_monday_of_the_week_before_the_enrolment_deadline(
    deadline: str, monday: str
) -> None:
    """T3: a Friday, and a Sunday, which closes its ISO week; to the second, in Shanghai."""
    pack = with_deadline(date.fromisoformat(deadline))
    last = at(f"{monday} 23:59:59")
    assert place(pack, KIND, last).outcome == "open"
    late = place(pack, KIND, last + timedelta(seconds=1))
    assert (late.outcome, late.code) == ("refused", "T3-late")
    assert place(pack, KIND, (last + timedelta(seconds=1)).astimezone(UTC)).code == "T3-late"


DEADLINES = st.dates(date(2020, 2, 24), date(2020, 4, 26))
INSTANTS = st.datetimes(datetime.fromisoformat("2019-11-29"), datetime.fromisoformat("2020-04-17 23:59"))


@given(DEADLINES, INSTANTS)
def test_what_comes_up_to_the_monday_is_taken_or_waits_and_later_is_refused_never_parked(
    deadline: date, naive: datetime
) -> None:
    """T3: the Monday is that of the ISO week before the deadline's, whatever the day."""
    pack, received = with_deadline(deadline), naive.replace(tzinfo=SHANGHAI)
    monday = date.fromisocalendar(*(deadline - timedelta(weeks=1)).isocalendar()[:2], 1)
    assert day_of(pack, "fast-track") == monday
    placed, closes = place(pack, KIND, received), start_of_day(monday + timedelta(days=1))
    if received >= closes:
        assert (placed.outcome, placed.code) == ("refused", "T3-late")
    elif placed.outcome == "parked":
        assert placed.until is not None
        assert placed.until < closes
    elif placed.outcome == "open":
        assert placed.until is not None
        assert received < placed.until <= closes
    else:
        assert not date(2020, 2, 17) < monday  # refused early only where no batch opens before the Monday


@given(INSTANTS)
def test_while_the_enrolment_deadline_is_unknown_nothing_is_late(naive: datetime) -> None:
    """T3: the window waits for it, and nothing is guessed."""
    placed = place(with_deadline(None), KIND, naive.replace(tzinfo=SHANGHAI))
    assert placed.outcome in ("open", "parked")
    assert placed.outcome == "parked" or placed.waits_for == "enrolment-deadline"


def test_t3_a_late_file_is_told_the_deadline_and_the_way_out() -> None:
    pack = january_2020()
    placed = place(pack, KIND, AFTER)
    said = str(Refused(str(placed.code), **details(pack, KIND, AFTER, placed)))
    assert "2020-03-09 24:00" in said
    assert "audit-data" in said
    assert "urgent" not in said


def test_t3_the_urgent_lane_is_a_way_out_only_where_the_season_says_so() -> None:
    pack = pack_with(fast_track__late_to_urgent=True)
    placed = place(pack, KIND, AFTER)
    assert (placed.outcome, placed.code) == ("refused", "T3-late-urgent")
    assert "urgent-request" in str(Refused("T3-late-urgent", **details(pack, KIND, AFTER, placed)))
    with pytest.raises(Refused) as caught:
        pack_with(fast_track__late_to_urgent=True, urgent=GONE)
    assert "fast_track.late_to_urgent" in str(caught.value)


def test_t3_the_lanes_file_takes_students_of_the_packs_level_alone() -> None:
    judged = judge(KIND, GOES_ON, OTHER)
    assert judged.accepted["continuing"].tolist() == [True]
    assert codes_of(judged) == {3: "T3-level"}
    assert outcomes_of(judged) == {3: "refused"}
    assert judge(KIND, OTHER, pack=pack_with(fast_track__level="本科")).accepted["student_id"].tolist() == [2]


@pytest.mark.parametrize("said", ["否", "", "N", "也许"])
def test_t3_the_lanes_file_with_another_row_is_refused_whole_and_names_the_row(said: str) -> None:
    told = refusal(KIND, GOES_ON, OTHER | {"continuing": said})
    assert told.startswith("T3-ordinary-rows")
    assert "第 3 行" in told
    assert "rows 3 " in told


def test_t3_an_ordinary_file_that_mixes_is_refused_whole_while_the_lane_takes_files() -> None:
    mixed = (GOES_ON, OTHER | {"continuing": "否"}, GOES_ON | {"conduct": "优秀"})
    told = refusal("audit-data", *mixed)
    assert told.startswith("T3-mixed")
    assert "第 2、4 行" in told
    vacation = at("2020-01-25 10:00")
    assert refusal("audit-data", *mixed, received=vacation).startswith("T3-mixed")


def test_t3_who_goes_on_without_the_lane_comes_in_an_ordinary_file_of_their_own() -> None:
    judged = judge("audit-data", GOES_ON)
    assert judged.accepted["continuing"].tolist() == [True]


@pytest.mark.parametrize(
    ("received", "pack"), [(AFTER, january_2020()), (OPEN, pack_with(fast_track=GONE))], ids=["late", "off"]
)
def test_t3_once_the_lane_is_closed_or_off_an_ordinary_file_may_name_both(
    received: datetime, pack: Pack
) -> None:
    judged = judge("audit-data", GOES_ON, OTHER | {"continuing": "否"}, received=received, pack=pack)
    assert judged.accepted["continuing"].tolist() == [True, False]


def test_t3_many_rows_are_named_up_to_twenty_and_counted() -> None:
    assert named(pd.Series(range(2, 32)).to_numpy()).endswith("21 …（30）")


@pytest.mark.parametrize(
    ("kind", "continuing", "before", "after"),
    [
        (KIND, True, None, FAST_TRACK),
        (KIND, True, ORDINARY, FAST_TRACK),
        ("audit-data", True, None, ORDINARY),
        ("audit-data", False, None, ORDINARY),
        ("audit-data", True, FAST_TRACK, FAST_TRACK),
        ("audit-data", False, FAST_TRACK, ORDINARY),
        ("audit-data", True, "urgent", "urgent"),
        (KIND, True, "urgent", "urgent"),
    ],
)
def test_t3_the_lane_follows_the_file_and_a_correction_leaves_it(
    kind: str, continuing: bool, before: str | None, after: str
) -> None:
    known = pd.Series([before], dtype=object)
    assert lanes(kind, pd.Series([continuing]), known).tolist() == [after]
