"""A season's account, clause by clause: what was due, is done, came late, and is held or not due yet.

Every line satisfies due = done + late + held; what a line counts is said in words beside it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, select, true

from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package
from models.database import reading
from models.submission import Submission
from rules.clock import day_in_shanghai, end_of_day, start_of_day
from rules.confirmation import RecordCheck
from rules.deadlines import vacation_span
from rules.holds import PARTNER_SEAL
from rules.promises import reading_name
from rules.season import Pack
from rules.states import Audit, Custody, Registration, Visibility
from rules.submission import Kind
from rules.windows import windows_for
from tasks.account_line import Line, Part
from tasks.promise_account import approved_cases, counts_of, lot_promises
from tasks.promise_pickup import overdue_confirmations
from tasks.season_requests_account import branch_and_hq, covers, enrolments, exemptions, fast_track, urgent

_CASES, _HOLDS, _SHEETS = table_of(Case), table_of(Hold), table_of(CertificateSheet)
_PACKAGES, _SUBMISSIONS = table_of(Package), table_of(Submission)
_CONFIRMATIONS = table_of(Confirmation)
_GRADES = (Kind.PRACTICE, Kind.FINAL_EXAM)
_ARRIVED = (Custody.AT_CENTRE, Custody.HANDED_OVER)
_DISPATCHED = tuple(set(Custody) - {Custody.NONE, Custody.AT_HQ, Custody.LOST, Custody.DAMAGED})


def season_account(season: str, pack: Pack, as_of: datetime) -> list[Line]:
    """Return the account of a season on a day, clauses in the order of the notice."""
    with reading() as db:
        return [line for part in _PARTS for line in part(db, season, pack, as_of)]


def _audited(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    row = _count(db, _of(season), done=_CASES.c.audit == Audit.APPROVED)
    yield Line(
        "G0", "申请毕业者：符合条件并已审批 applicants: conditions met, approved", row.due, row.done, 0
    )


def _windows(db: Connection, season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """T1, T2: rows of grades; late are those that came outside their window and wait for a later batch."""
    told: set[str] = set()
    for batch in pack.open_batches:
        mine = func.coalesce(_SUBMISSIONS.c.batch, -1) == batch.number
        taken = _SUBMISSIONS.c.accepted + _SUBMISSIONS.c.duplicate
        waited = _SUBMISSIONS.c.parked + case((~mine, taken), else_=0)
        sums = (_SUBMISSIONS.c.rows_read, case((mine, taken), else_=0), waited)
        counted = select(*(func.coalesce(func.sum(one), 0) for one in sums))
        within = _received(pack, batch.number) & _SUBMISSIONS.c.kind.in_([str(kind) for kind in _GRADES])
        due, done, late = db.execute(counted.where(_SUBMISSIONS.c.season == season, within)).one()
        what = f"{batch.label}成绩行：已接收；迟为转下一批 grade rows: taken; late: for the next batch"
        yield Line(
            f"{batch.clause}/{batch.number}" if batch.clause in told else batch.clause, what, due, done, late
        )
        told.add(batch.clause)


def _received(pack: Pack, batch: int) -> ColumnElement[bool]:
    """Whether a submission came while a batch was open."""
    window = next(one for one in windows_for(pack, Kind.AUDIT_DATA) if one.batch == batch)
    opened = true() if window.opens is None else _SUBMISSIONS.c.received_at >= window.opens
    return opened & (true() if window.closes is None else _SUBMISSIONS.c.received_at < window.closes)


def _promised(db: Connection, season: str, pack: Pack, as_of: datetime) -> Iterator[Line]:
    """T4, R2, N1, G3: the promises, each graduate judged by the own day."""
    cases, promises = approved_cases(db, season), lot_promises(db, season)
    for duty in pack.duties:
        for place, start in enumerate(duty.starts):
            own = promises[promises["duty"] == reading_name(duty, start)]
            if len(own):
                clause = duty.clause if place == 0 else f"{duty.clause}/{start}"
                counts = counts_of(duty, own, cases, day_in_shanghai(as_of))
                yield Line(clause, f"{duty.label}：人 graduates", *counts)


def _photos(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    row = _count(db, _approved(season), done=_CASES.c.photo_submission.is_not(None))
    yield Line("R1", "已审批者：有照片 approved: with a photo", row.due, row.done, 0)


def _sealed(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    sealed = _approved(season) & exists().where(
        _HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.reason == PARTNER_SEAL
    )
    row = _count(db, sealed, done=_CASES.c.custody.in_(_DISPATCHED))
    yield Line("N2", "须合作高校盖章：已发出 partner seal: dispatched", row.due, row.done, 0)


def _in_order(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """N3: within one allocation, each number stands after all whose data arrived before."""
    key = (_CASES.c.order_at, _CASES.c.order_receipt, _CASES.c.order_row)
    place = func.row_number().over(partition_by=_SHEETS.c.allocated_at, order_by=[*key, _CASES.c.id])
    ranked = (
        select(_SHEETS.c.position, place.label("place"))
        .join(_CASES, _CASES.c.id == _SHEETS.c.case_id)
        .where(_CASES.c.season == season)
        .subquery()
    )
    in_order = func.sum(case((ranked.c.position == ranked.c.place, 1), else_=0))
    due, done = db.execute(select(func.count(), func.coalesce(in_order, 0)).select_from(ranked)).one()
    yield Line("N3", "证书编号按数据到达先后 numbered in order of arrival", due, done, 0)


def _vacation(db: Connection, season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    span = vacation_span(pack)
    if span is None:
        return
    first, after = start_of_day(span[0]), end_of_day(span[1])
    within = (_SUBMISSIONS.c.received_at >= first, _SUBMISSIONS.c.received_at < after)
    counted = (_SUBMISSIONS.c.season == season, _SUBMISSIONS.c.kind != str(Kind.REGISTRY_RECEIPT), *within)
    sums = [func.coalesce(func.sum(one), 0) for one in (_SUBMISSIONS.c.rows_read, _SUBMISSIONS.c.accepted)]
    due, done = db.execute(select(*sums).where(*counted)).one()
    yield Line("N4", "寒假中收到的行：下一批已接收 rows of the vacation: taken later", due, done, 0)


def _handed_over(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    row = _count(
        db, _of(season) & _CASES.c.custody.in_(_ARRIVED), done=_CASES.c.custody == Custody.HANDED_OVER
    )
    yield Line("N5", "到达学习中心的证书：已发给学生 at the centre: handed over", row.due, row.done, 0)


def _confirmed(db: Connection, season: str, _pack: Pack, as_of: datetime) -> Iterator[Line]:
    """N5: both confirmations by the student; late is who was asked and has not answered by the due day."""
    row = _count(
        db, _of(season) & (_CASES.c.custody == Custody.HANDED_OVER), done=_CASES.c.id.in_(_words(season))
    )
    late = overdue_confirmations(db, season, day_in_shanghai(as_of))
    what = "已领取者：证书和学信网信息均已确认 handed over: certificate and record confirmed"
    yield Line("N5/confirmed", what, row.due, row.done, late)


def _words(season: str) -> Any:
    confirmed = _CONFIRMATIONS.c.record == RecordCheck.CONFIRMED.value
    return select(_CONFIRMATIONS.c.case_id).where(_CONFIRMATIONS.c.season == season, confirmed)


def _visible(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    accepted = _of(season) & (_CASES.c.registration == Registration.ACCEPTED)
    row = _count(db, accepted, done=_CASES.c.visibility == Visibility.VISIBLE)
    yield Line("N7", "注册成功者：可公开查询 registered: public", row.due, row.done, 0)


def _arrived(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    done = func.sum(case((_PACKAGES.c.custody.in_(_ARRIVED), 1), else_=0))
    wanted = select(func.count(), func.coalesce(done, 0)).where(_PACKAGES.c.season == season)
    due, arrived = db.execute(wanted).one()
    yield Line("N9", "证书包：扫码确认到达学习中心 packages: scanned in at the centre", due, arrived, 0)


_PARTS: tuple[Part, ...] = (
    _audited, _windows, fast_track, exemptions, _promised, _photos, branch_and_hq, _sealed, _in_order,
    _vacation, urgent, _handed_over, _confirmed, covers, _visible, enrolments, _arrived,
)  # fmt: skip


def _of(season: str) -> ColumnElement[bool]:
    return _CASES.c.season == season


def _approved(season: str) -> ColumnElement[bool]:
    return _of(season) & (_CASES.c.audit == Audit.APPROVED)


def _count(db: Connection, due: ColumnElement[bool], **marks: ColumnElement[bool]) -> Any:
    sums = {name: func.coalesce(func.sum(case((mark, 1), else_=0)), 0) for name, mark in marks.items()}
    columns = [func.count().label("due"), *(one.label(name) for name, one in sums.items())]
    return db.execute(select(*columns).select_from(_CASES).where(due)).one()
