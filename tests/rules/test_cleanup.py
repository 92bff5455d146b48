"""Who is a candidate of a cleanup, by terms and never by days, and who is protected (N8)."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.cleanup import ENDED, FINDINGS, PROTECTING, find, last_entry, protects
from rules.cleanup_dates import failed_may_return, first_day, last_closing, run_days
from rules.deadlines import season_calendar
from rules.refusals import REASONS
from rules.terms import half_year, last_valid_term, term_of, term_text
from tests.rules.policy_packs import january_2020, pack_with

APRIL = date(2020, 4, 30)
FACTS = ("disputed", "graduating", "pending", "held")


def student(entry_term: str = "201203", **facts: object) -> dict[str, object]:
    """An enrolled student without extension or case."""
    plain = {"entry_term": entry_term, "status": "在籍", "extended_to": "", "application": ""}
    return plain | dict.fromkeys(FACTS, False) | facts


def finding(on: date = APRIL, **facts: object) -> str:
    return str(find(pd.DataFrame([student(**facts)]), 16, on).iloc[0])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"entry_term": "201103", "extended_to": "201909"}, "N8-extension-over"),  # used up
        ({"entry_term": "201109", "extended_to": "202003"}, ""),  # extended to spring 2020
        ({"entry_term": "201109"}, "N8-expired"),
        ({"entry_term": "201203"}, "N8-expired"),  # the 16th term was autumn 2019
        ({"entry_term": "201209"}, ""),
        ({"extended_to": "202009"}, ""),  # approved until autumn 2020
        ({"application": "pending"}, "N8-extension-pending"),
        ({"application": "rejected"}, "N8-extension-rejected"),
        ({"graduating": True}, "N8-graduating"),
        ({"pending": True}, "N8-pending"),
        ({"held": True}, "N8-held"),
        ({"disputed": True, "graduating": True}, "N8-disputed"),
        ({"status": "退学"}, ""),
        ({"status": "毕业"}, ""),
        ({"status": "休学"}, "N8-expired"),
    ],
)
def test_n8_each_student_has_the_finding_of_the_notice(facts: dict[str, object], expected: str) -> None:
    assert finding(**facts) == expected


@pytest.mark.parametrize(
    ("day", "term"),
    [("2020-02-29", "201909"), ("2020-03-01", "202003"), ("2020-08-31", "202003"), ("2020-09-01", "202009")],
)
def test_n8_a_day_lies_in_the_term_that_began_last(day: str, term: str) -> None:
    assert term_text(term_of(date.fromisoformat(day))) == term


def test_n8_validity_is_sixteen_terms_with_the_entry_term() -> None:
    assert last_valid_term("201203", 16) == "201909"
    assert last_entry(16, APRIL) == "201203"


@given(st.integers(2000, 2030), st.sampled_from(["03", "09"]), st.integers(1, 30))
def test_n8_an_enrolment_is_over_from_the_term_after_its_last_valid_one(
    year: int, half: str, terms: int
) -> None:
    last = half_year(last_valid_term(f"{year}{half}", terms))
    assert last - half_year(f"{year}{half}") + 1 == terms
    for shift, over in ((0, False), (1, True)):
        months = term_text(last + shift)
        day = date(int(months[:4]), int(months[4:]), 1)
        assert (f"{year}{half}" <= last_entry(terms, day)) is over


students = st.fixed_dictionaries(
    {
        "entry_term": st.sampled_from(["201103", "201109", "201203", "201209", "201709"]),
        "status": st.sampled_from(["在籍", "休学", *sorted(ENDED)]),
        "extended_to": st.sampled_from(["", "201909", "202003", "202009"]),
        "application": st.sampled_from(["", "pending", "approved", "rejected"]),
        **{name: st.booleans() for name in FACTS},
    }
)


@given(st.lists(students, max_size=8))
def test_n8_whoever_is_graduating_pending_held_or_disputed_is_protected_and_all_others_have_a_reason(
    rows: list[dict[str, object]],
) -> None:
    table = pd.DataFrame(rows, columns=list(student()))
    found = find(table, 16, APRIL)
    alone = [finding(**row) for row in rows]
    assert found.tolist() == alone  # a single student is a table of one row
    assert set(found) <= {"", *FINDINGS}
    for row, code, kept in zip(rows, found, protects(found), strict=True):
        guarded = any(row[name] for name in FACTS) or row["application"] == "pending"
        assert kept == (code in PROTECTING)
        assert not (guarded and code and not kept)


def test_n8_every_finding_has_a_sentence_in_both_languages() -> None:
    assert all(REASONS[code].zh and REASONS[code].en for code in FINDINGS)


def test_n8_candidates_from_04_30_proposals_after_05_15_and_runs_until_06_15() -> None:
    pack = january_2020()
    (cleanup,) = pack.cleanups
    assert (first_day(pack, cleanup), last_closing(pack, cleanup)) == (APRIL, date(2020, 5, 15))
    days = run_days(pack, season_calendar(pack))
    assert (days[0], days[-1]) == (APRIL, date(2020, 6, 15))
    assert date(2020, 5, 16) in days  # a Saturday: the day after the lists close
    assert date(2020, 5, 10) not in days  # a Sunday


def test_n8_objections_to_what_was_published_are_waited_for() -> None:
    published = {"cleanups__0__objections_until": "cleanup-end", "cleanups__0__published": "extension-list"}
    pack = pack_with(**published)
    assert last_closing(pack, pack.cleanups[0]) == date(2020, 6, 15)


def test_n8_a_failed_case_may_return_only_while_a_batch_of_its_season_is_to_come() -> None:
    assert not failed_may_return(january_2020(), APRIL)
    assert failed_may_return(january_2020(), date(2020, 4, 17))
