"""Small tables for audits: one programme with round numbers, students who pass, and grades by course."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from rules.audit import audit_cases
from rules.grade_rows import GradeRows, rows_of
from rules.reference import Reference
from rules.season import Pack
from tests.rules.policy_packs import january_2020

START = datetime(2019, 11, 29, tzinfo=UTC)
COURSES = [  # course, module, unit, credits
    (1, "01", 1, 4), (2, "01", 2, 4), (3, "03", 1, 6), (4, "03", 2, 6), (5, "03", 2, 4), (6, "06", 2, 8),
    (7, "99", 1, 4), (8, "99", 2, 4),
]  # fmt: skip
ALL = (1, 2, 3, 4, 5, 6)  # 32 credits, 10 of them central


def small_reference(**minima: Any) -> Reference:
    """One programme: 30 credits, 10 central, at most 10 exempted; 01: 8/4, 03: 12/6, 06: 8/0."""
    programme = {
        "programme_id": 0, "code": "120401", "direction": "教育管理", "name": "公共事业管理", "level": "本科",
        "min_credits": 30, "min_central_credits": 10, "max_exempt_credits": 10, "school_years": 2.5,
        "min_terms": 5, "needs_unified_exam": True,
    }  # fmt: skip
    modules = [(0, "01", 8, 4), (0, "03", 12, 6), (0, "06", 8, 0)]
    courses = pd.DataFrame(COURSES, columns=["course_id", "module", "unit", "credits"])
    return Reference(
        "v", pd.DataFrame(), pd.DataFrame([programme | minima]),
        pd.DataFrame(modules, columns=["programme_id", "module", "min_credits", "min_central_credits"]),
        courses.assign(name="", term=1), pd.DataFrame(), pd.DataFrame(),
    )  # fmt: skip


def case(**facts: Any) -> dict[str, Any]:
    """A case that meets every condition but credits."""
    return {
        "student_id": 1, "programme_code": "120401", "direction": "教育管理", "entry_term": "201709",
        "status": "在籍", "discipline": "", "conduct": "合格", "unified_exam": "通过", "remedial": "",
        "prior_credential": "通过", "branch_finding": "通过", "applied_on": None, "photo_linked_on": None,
        "branch_audited_on": None, "photo_received_at": None, "audit_received_at": START + timedelta(days=4),
        "audit_submission": 50, "audit_row": 2, "extended_to": None,
    } | facts  # fmt: skip


def grade(course: int, score: int = 80, **facts: Any) -> dict[str, Any]:
    """A grade of student 1, by receipt 10 on the first day."""
    plain = {"student_id": 1, "exam_code": "201901", "category": "10", "attempt": 1, "row": course + 1}
    return plain | {"course_id": course, "score": score, "submission": 10, "received_at": START} | facts


def rows(*grades: dict[str, Any]) -> GradeRows:
    """Return grades as the audit counts them."""
    return rows_of(pd.DataFrame(grades, columns=list(grade(1))))


def audit(
    grades: list[dict[str, Any]] | None = None, reference: Reference | None = None, pack: Pack | None = None,
    *others: dict[str, Any], **facts: Any,
) -> Any:  # fmt: skip
    """Audit one case (and others) and return the one's decision; without grades given it has passed all."""
    known = rows(*([grade(course) for course in ALL] if grades is None else grades))
    cases = pd.DataFrame([case(**facts), *others])
    return audit_cases(cases, known, reference or small_reference(), pack or january_2020()).iloc[0]


def codes(decision: Any) -> list[str]:
    """The codes of a decision's unmet rules, with the module."""
    return [" ".join([rule["code"], rule.get("module", "")]).strip() for rule in decision["unmet"]]
