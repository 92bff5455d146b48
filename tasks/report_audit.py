"""Lists about the audit: who did not pass and why, where HQ differs, whose photo is missing (R1)."""

import pandas as pd
from sqlalchemy import ColumnElement, Connection

from models.bulk import read_by
from models.case import Decision
from models.columns import table_of
from rules.reports import Asked
from rules.states import Audit
from tasks.case_decisions import explained
from tasks.report_people import CASES, case_people, of_asked, shown

_DECISIONS = table_of(Decision)


def failed(db: Connection, asked: Asked) -> pd.DataFrame:
    """未通过名单: a row for every rule that a student does not meet (G0)."""
    return _with_reasons(db, case_people(db, _failed(asked), asked, CASES.c.decision_id))


def branch_passed(db: Connection, asked: Asked) -> pd.DataFrame:
    """分部通过而总部未通过名单: HQ's audit is the final one (R1)."""
    differing = _failed(asked) & (CASES.c.branch_finding == "通过")
    also = (CASES.c.decision_id, CASES.c.branch_auditor, CASES.c.branch_audited_on)
    people = case_people(db, differing, asked, *also)
    return _with_reasons(db, people, "branch_auditor", "branch_audited_on")


def no_photo(db: Connection, asked: Asked) -> pd.DataFrame:
    """缺照片名单: cases without an electronic photo, by study centre (R1, N7)."""
    people = case_people(db, of_asked(asked) & CASES.c.photo_submission.is_(None), asked, CASES.c.audit)
    return shown(people, "centre", "branch", "student_no", "name", "level", "title")


def _failed(asked: Asked) -> ColumnElement[bool]:
    return of_asked(asked) & (CASES.c.audit == Audit.FAILED.value)


def _with_reasons(db: Connection, people: pd.DataFrame, *also: str) -> pd.DataFrame:
    """Return a row for each unmet rule: clause, sentence, what was needed, what was found, what to do."""
    known = read_by(db, _DECISIONS, ("id", "unmet"), "id", people["decision_id"].dropna().tolist())
    unmet = people["decision_id"].map(dict(zip(known["id"], known["unmet"], strict=True)))
    each = people.assign(rule=unmet).explode("rule").dropna(subset=["rule"])
    told = [explained(rule) for rule in each["rule"]]
    rows = shown(each, "branch", "centre", "student_no", "name", "level", "title", *also)
    words = {"条款": "clause", "未达要求": "zh", "要求": "needed", "现有": "found", "办法": "remedy_zh"}
    return rows.assign(**{zh: [getattr(one, name) for one in told] for zh, name in words.items()})
