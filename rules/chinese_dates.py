"""Dates as certificates and lists write them, in digits or in Chinese numerals."""

from datetime import date

_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_TEN = 10


def in_digits(day: date) -> str:
    """Write a day in digits.

    >>> in_digits(date(1990, 1, 2))
    '1990年1月2日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def in_numerals(day: date) -> str:
    """Write a day in Chinese numerals.

    >>> in_numerals(date(2020, 1, 20))
    '二〇二〇年一月二十日'
    """
    year = f"{day.year:04d}".translate(_DIGITS)
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def month_in_digits(month: str) -> str:
    """Write a month given as YYYYMM or YYYY-MM.

    >>> month_in_digits("201709")
    '2017年9月'
    """
    plain = month.replace("-", "")
    return f"{plain[:4]}年{int(plain[4:6])}月"


def _below_hundred(number: int) -> str:
    """1 → 一, 10 → 十, 12 → 十二, 31 → 三十一."""
    tens, units = divmod(number, _TEN)
    lead = "" if tens == 0 else "十" if tens == 1 else str(tens).translate(_DIGITS) + "十"
    return lead + (str(units).translate(_DIGITS) if units else "")
