"""Terms of study, counted in half years: enrolment and validity are terms, never days (N8).

Entry terms are written YYYY03 (spring) and YYYY09 (autumn).
"""

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt


def half_year(term: str) -> int:
    """Return the half year of an entry term, rising by one a term.

    >>> half_year("201803") - half_year("201709")
    1
    """
    return int(term[:4]) * 2 + (term[4:] == "09")


def last_term_of(season: str) -> int:
    """Return the half year that ends with a season's graduation: 2020-01 closes autumn 2019.

    >>> last_term_of("2020-01") == half_year("201909")
    True
    """
    year, month = int(season[:4]), int(season[5:7])
    if month < 3:
        return (year - 1) * 2 + 1
    return year * 2 + (month >= 9)


def term_of(day: date) -> int:
    """Return the half year in which a day lies: spring from March to August, autumn from September on (N8).

    >>> term_of(date(2020, 4, 30)) == half_year("202003")
    True
    >>> term_of(date(2020, 2, 29)) == half_year("201909")
    True
    """
    year = day.year - (day.month < 3)
    return year * 2 + (day.month < 3 or day.month >= 9)


def last_valid_term(entry_term: str, terms: int) -> str:
    """Return the last term of an enrolment that is valid for so many terms, without an extension (N8).

    >>> last_valid_term("201203", 16)
    '201909'
    """
    return term_text(half_year(entry_term) + terms - 1)


def terms_studied(entry_terms: Iterable[str], season: str) -> npt.NDArray[np.int64]:
    """Return how many terms lie between entry and the season, both inside."""
    terms = list(entry_terms)
    entered = {term: half_year(term) for term in set(terms)}
    return last_term_of(season) + 1 - np.array([entered[term] for term in terms], dtype=np.int64)


def term_text(half: int) -> str:
    """Return a half year as an entry term.

    >>> term_text(half_year("201709"))
    '201709'
    """
    return f"{half // 2}{'09' if half % 2 else '03'}"
