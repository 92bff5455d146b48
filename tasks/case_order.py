"""Why a case has its place: which receipt made its key, and who came before it (N3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.submission import Submission
from rules.states import Audit

_CASES, _SHEETS, _SUBMISSIONS = table_of(Case), table_of(CertificateSheet), table_of(Submission)
_KEY = ("order_at", "order_receipt", "order_row")
_IN_QUEUE = (Audit.PASSED.value, Audit.APPROVED.value)


@dataclass(frozen=True)
class OrderPlace:
    """A case's place in its batch. at, receipt, row: the key (N3); kind: of the submission that made it.

    rank: among the passed cases of the batch, from 1. position: inside its allocation of numbers, from 1, or
    None without a number; allocation: how many got one in it; earlier: in the batch's allocations before.
    unnumbered: cases before this one in the batch that have no number (not approved, or held).
    """

    at: datetime
    receipt: int
    row: int
    kind: str
    rank: int
    of: int
    unnumbered: int
    position: int | None = None
    allocated_at: datetime | None = None
    allocation: int = 0
    earlier: int = 0


def order_place(db: Connection, case: Row[Any]) -> OrderPlace | None:
    """Return the place of a case (a row of graduation_case); None while its audit is not passed."""
    if case.order_at is None:
        return None
    ahead, numbered = before(case), _CASES.c.id.in_(select(_SHEETS.c.case_id))
    kind = db.scalar(select(_SUBMISSIONS.c.kind).where(_SUBMISSIONS.c.id == case.order_receipt))
    # Each is a count over the whole batch: one look at it for all of them.
    queue = select(func.count().filter(ahead), func.count(), func.count().filter(ahead & ~numbered))
    first, of, unnumbered = db.execute(queue.select_from(_CASES).where(queue_of(case))).one()
    key = (case.order_at, case.order_receipt, case.order_row)
    return OrderPlace(*key, str(kind), first + 1, of, unnumbered, **_allocation(db, case, _in_batch(case)))


def queue_of(case: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that a case stands in the same queue: passed or approved in the same batch."""
    return _in_batch(case) & _CASES.c.audit.in_(_IN_QUEUE)


def _in_batch(case: Row[Any]) -> ColumnElement[bool]:
    return and_(_CASES.c.season == case.season, _CASES.c.batch == case.batch)


def before(case: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that a case comes before this one: by its key, last by its id."""
    earlier: ColumnElement[bool] = _CASES.c.id < case.id
    for name in reversed(_KEY):
        column, value = _CASES.c[name], getattr(case, name)
        earlier = or_(column < value, and_(column == value, earlier))
    return earlier


def _allocation(db: Connection, case: Row[Any], in_batch: ColumnElement[bool]) -> dict[str, Any]:
    own = select(_SHEETS.c.position, _SHEETS.c.allocated_at).where(_SHEETS.c.case_id == case.id)
    sheet = db.execute(own).one_or_none()
    if sheet is None:
        return {}
    then = _SHEETS.c.allocated_at
    counts = select(
        func.count().filter(then == sheet.allocated_at), func.count().filter(then < sheet.allocated_at)
    )
    joined = counts.join_from(_SHEETS, _CASES, _CASES.c.id == _SHEETS.c.case_id)
    same, before = db.execute(joined.where(in_batch)).one()
    times = {"position": sheet.position, "allocated_at": sheet.allocated_at}
    return times | {"allocation": same, "earlier": before}
