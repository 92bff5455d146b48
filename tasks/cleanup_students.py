"""Who is a candidate of a cleanup, and who of them is protected, as the database stands now (N8)."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from models.bulk import read_frame
from models.case import Case, Hold
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.extension import Extension
from models.student import Student
from rules.cleanup import ENDED, find, last_entry
from rules.cleanup_dates import failed_may_return, first_day
from rules.refusals import Refused
from rules.season import Pack
from rules.season_parts import Cleanup
from rules.states import Audit
from tasks.extension_reach import extended_to

_STUDENTS, _CASES, _HOLDS = table_of(Student), table_of(Case), table_of(Hold)
_EXTENSIONS, _ROWS, _LISTS = table_of(Extension), table_of(Withdrawal), table_of(WithdrawalList)
_OPEN = (Audit.AWAITING.value, Audit.PASSED.value)


def cleanup_named(pack: Pack, name: str) -> Cleanup:
    """Return a cleanup of the pack; Refused N8-no-cleanup."""
    found = next((cleanup for cleanup in pack.cleanups if cleanup.name == name), None)
    if found is None:
        raise Refused("N8-no-cleanup", season=pack.season)
    return found


def candidates(db: Connection, pack: Pack, cleanup: Cleanup, branch: str = "") -> pd.DataFrame:
    """Return the candidates: student_id, branch, finding. branch: only this unit's."""
    on = first_day(pack, cleanup)
    if on is None:  # the pack does not know the day yet
        return pd.DataFrame({"student_id": [], "branch": [], "finding": []})
    known = (
        _STUDENTS.c.entry_term <= last_entry(pack.validity.terms, on),
        _STUDENTS.c.status.not_in(sorted(ENDED)),
    )
    wanted = _facts(pack, cleanup, failed_may_return(pack, on)).where(*known)
    if branch:
        wanted = wanted.where(_STUDENTS.c.branch == branch)
    students = read_frame(db, wanted.order_by(_STUDENTS.c.id))
    students["finding"] = find(students, pack.validity.terms, on)
    return students.loc[students["finding"] != "", ["student_id", "branch", "finding"]].reset_index(drop=True)


def _facts(pack: Pack, cleanup: Cleanup, failed_returns: bool) -> Select[Any]:
    """Return each student's facts as rules/cleanup.find takes them."""
    of_student = _CASES.c.student_id == _STUDENTS.c.id
    held = exists().where(of_student, _HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.released_at.is_(None))
    disputed = exists().where(
        _ROWS.c.student_id == _STUDENTS.c.id,
        _ROWS.c.list_id == _LISTS.c.id,
        _LISTS.c.season == pack.season,
        _LISTS.c.cleanup == cleanup.name,
        _ROWS.c.disputed,
    )
    facts = {
        "disputed": or_(disputed, held.where(_HOLDS.c.reason == "dispute")),
        "graduating": exists().where(of_student, _CASES.c.audit == Audit.APPROVED.value),
        "pending": exists().where(of_student, _pending(pack, failed_returns)),
        "held": held,
        "extended_to": func.coalesce(extended_to(_STUDENTS.c.id), ""),
        "application": _application(pack),
    }
    columns = (_STUDENTS.c.branch, _STUDENTS.c.entry_term, _STUDENTS.c.status)
    named = [fact.label(name) for name, fact in facts.items()]
    return select(_STUDENTS.c.id.label("student_id"), *columns, *named)


def _pending(pack: Pack, failed_returns: bool) -> ColumnElement[bool]:
    """A case that is not decided; or failed, where a batch to come may still pass it."""
    later = _CASES.c.season > pack.season
    may_return = or_(later, _CASES.c.season == pack.season) if failed_returns else later
    return or_(_CASES.c.audit.in_(_OPEN), and_(_CASES.c.audit == Audit.FAILED.value, may_return))


def _application(pack: Pack) -> Any:
    """The state of the application of this season, "" for none."""
    if pack.extension is None:
        return literal("")
    until = pack.extension.until.replace("-", "")
    mine = (_EXTENSIONS.c.student_id == _STUDENTS.c.id, _EXTENSIONS.c.valid_until == until)
    return func.coalesce(select(_EXTENSIONS.c.state).where(*mine).scalar_subquery(), "")
