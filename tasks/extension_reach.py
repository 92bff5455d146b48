"""How far a student's enrolment was extended (N8)."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from models.columns import table_of
from models.extension import Extension
from rules.extension import ExtensionState

_EXTENSIONS = table_of(Extension)


def extended_to(student_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """Return the last valid term of a student's approved extensions, for a statement; NULL for none."""
    mine = (_EXTENSIONS.c.student_id == student_id, _EXTENSIONS.c.state == ExtensionState.APPROVED.value)
    return select(func.max(_EXTENSIONS.c.valid_until)).where(*mine).scalar_subquery()
