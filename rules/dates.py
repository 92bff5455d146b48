"""Dates as branches write them; what can be read in two ways is not read at all."""

import re
from datetime import date

_SHAPES = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})/(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})\.(?P<m>[0-9]{1,2})\.(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
_MIDNIGHT = re.compile(r"[ T]00?:00(:00(\.0+)?)?$")
_NO_YEAR_FIRST = re.compile(
    r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ]([0-9]{4}|[0-9]{2})|[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
)
_MONTH = re.compile(r"(?P<y>(19|20)[0-9]{2})[-/.年]?(?P<m>0[1-9]|1[0-2]|[1-9])月?")
_TERM = re.compile(r"(?P<y>(19|20)[0-9]{2})[-/年]?(?P<m>0?3|0?9|春|秋)[月季期]?")


def read_date(text: str) -> date | str:
    """Return the day that a cleaned text names, or the code why not.

    >>> read_date("2019年11月3日")
    datetime.date(2019, 11, 3)
    >>> read_date("03/04/2019")
    'row-ambiguous-date'
    """
    text = _MIDNIGHT.sub("", text)
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _day(found)
    return "row-ambiguous-date" if _NO_YEAR_FIRST.fullmatch(text) else "row-bad-date"


def _day(found: re.Match[str]) -> date | str:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return "row-bad-date"


def read_month(text: str) -> date | None:
    """Return the first day of a month written as YYYYMM, YYYY-MM, YYYY.MM or YYYY年M月; None for
    anything else.
    """
    found = _MONTH.fullmatch(text)
    return date(int(found["y"]), int(found["m"]), 1) if found else None


def read_term(text: str) -> str | None:
    """Return an enrolment term as YYYY03 or YYYY09; None for anything else.

    >>> read_term("2017秋")
    '201709'
    """
    found = _TERM.fullmatch(text)
    if not found:
        return None
    return found["y"] + ("03" if found["m"] in ("03", "3", "春") else "09")
