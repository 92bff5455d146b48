"""Cleanup of enrolments past their validity (学籍清理): who is a candidate, and who is protected (N8).

Validity is counted in terms from the entry term on; an approved extension names its last valid term. A
candidate who is graduating, pending, held or disputed is protected: nobody withdraws such a student.
"""

from datetime import date

import numpy as np
import pandas as pd

import rules.refusals_cleanup  # noqa: F401  registers the findings' sentences
from rules.terms import term_of, term_text

ENDED = frozenset({"毕业", "结业", "肄业", "退学", "注销", "开除", "转出"})  # no enrolment to clean up
# What protects, the weightiest first; then why a candidate is one.
DISPUTED, GRADUATING, PENDING = "N8-disputed", "N8-graduating", "N8-pending"
HELD, EXTENSION_PENDING = "N8-held", "N8-extension-pending"
PROTECTING = (DISPUTED, GRADUATING, PENDING, HELD, EXTENSION_PENDING)
EXTENSION_REJECTED, EXTENSION_OVER, EXPIRED = "N8-extension-rejected", "N8-extension-over", "N8-expired"
FINDINGS = (*PROTECTING, EXTENSION_REJECTED, EXTENSION_OVER, EXPIRED)


def last_entry(terms: int, on: date) -> str:
    """Return the latest entry term whose enrolments are past so many terms on a day, if never extended.

    >>> last_entry(16, date(2020, 4, 30))
    '201203'
    """
    return term_text(term_of(on) - terms)


def find(students: pd.DataFrame, terms: int, on: date) -> pd.Series:
    """Return the finding of each student, a code of FINDINGS; empty for who is no candidate.

    students: entry_term, status, extended_to (last valid term of the approved extensions, "" for none),
    application (state of the one of this season, "" for none), and bool: disputed, graduating, pending, held.
    on: the first day of the cleanup. Source: N8.
    """
    extended = students["extended_to"].fillna("").astype(str)
    over = (students["entry_term"] <= last_entry(terms, on)) & (extended < term_text(term_of(on)))
    candidate = over & ~students["status"].isin(list(ENDED))
    protecting = [students[name].astype(bool) for name in ("disputed", "graduating", "pending", "held")]
    tests = [*protecting, students["application"] == "pending"]
    tests += [students["application"] == "rejected", extended != "", over]
    found = np.select([candidate & test for test in tests], list(FINDINGS), "")
    return pd.Series(found, index=students.index, dtype=object)


def protects(findings: pd.Series) -> "pd.Series[bool]":
    """Return whose finding forbids a withdrawal."""
    return findings.isin(list(PROTECTING))
