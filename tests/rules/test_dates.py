"""Dates, months and terms as branches write them (BAD_INPUT.md, ambiguous date)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import read_date, read_month, read_term

SHAPES = (
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0.year}/{0.month}/{0.day}",
    "{0:%Y%m%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y.%m.%d}",
    "{0:%Y-%m-%d} 00:00:00",
)


@given(st.dates(date(1000, 1, 1)), st.sampled_from(SHAPES))
def test_every_shape_with_the_year_first_is_read(day, shape):
    assert read_date(shape.format(day)) == day


@pytest.mark.parametrize("text", ["03/04/2019", "3-4-2019", "19-03-04", "03.04.19", "11/29/19"])
def test_a_date_without_the_year_first_has_two_readings(text):
    assert read_date(text) == "row-ambiguous-date"


@pytest.mark.parametrize(
    "text", ["", "2019-02-30", "2019", "昨天", "43467", "2019-1", "nan", "²019-01-01", "20191301"]
)
def test_what_is_no_day_is_refused(text):
    assert read_date(text) == "row-bad-date"


@pytest.mark.parametrize("text", ["201703", "2017-03", "2017.3", "2017年3月", "2017/03"])
def test_months_are_read_in_every_shape(text):
    assert read_month(text) == date(2017, 3, 1)


def test_month_13_is_none():
    assert read_month("201713") is None


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("201703", "201703"),
        ("2017春", "201703"),
        ("2017秋季", "201709"),
        ("2017-09", "201709"),
        ("201707", None),
        ("1", None),
    ],
)
def test_terms_are_spring_or_autumn(text, term):
    assert read_term(text) == term
