"""Dates as certificates write them (N7: the issue date on every certificate)."""

from datetime import date

import pytest

from rules.chinese_dates import in_digits, in_numerals, month_in_digits


@pytest.mark.parametrize(
    ("day", "numerals", "digits"),
    [
        (date(2020, 1, 20), "二〇二〇年一月二十日", "2020年1月20日"),
        (date(2019, 12, 31), "二〇一九年十二月三十一日", "2019年12月31日"),
        (date(2000, 10, 10), "二〇〇〇年十月十日", "2000年10月10日"),
        (date(1999, 11, 11), "一九九九年十一月十一日", "1999年11月11日"),
        (date(2024, 2, 29), "二〇二四年二月二十九日", "2024年2月29日"),
    ],
)
def test_a_day_is_written_in_numerals_and_in_digits(day: date, numerals: str, digits: str) -> None:
    assert (in_numerals(day), in_digits(day)) == (numerals, digits)


@pytest.mark.parametrize("month", ["201709", "2017-09", "20170901"])
def test_a_month_is_written_without_its_leading_zero(month: str) -> None:
    assert month_in_digits(month) == "2017年9月"
