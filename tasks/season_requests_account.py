"""A season's account of what units ask for and report beside their graduates (T3, R3, N4, N6, N8)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.case import Case
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.exemption import ExemptionApplication
from models.promise import Promise
from models.submission import Submission, SubmissionState
from models.urgent import UrgentRequest
from rules.clock import day_in_shanghai
from rules.cover import ASKED
from rules.exemption import is_late
from rules.order import FAST_TRACK, URGENT
from rules.season import Pack
from rules.states import Audit, Certificate
from rules.submission import Kind
from rules.withdrawal import WithdrawalState
from tasks.account_line import Line
from tasks.cover import cover_standings

_CASES, _SUBMISSIONS, _PROMISES = table_of(Case), table_of(Submission), table_of(Promise)
_APPLICATIONS, _REQUESTS = table_of(ExemptionApplication), table_of(UrgentRequest)
_ROWS, _LISTS = table_of(Withdrawal), table_of(WithdrawalList)
_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value)


def fast_track(db: Connection, season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """T3: files of the fast track that were taken, and those that came late."""
    if pack.fast_track is None:
        return
    mine = (_SUBMISSIONS.c.season == season, _SUBMISSIONS.c.kind == Kind.AUDIT_DATA_FAST_TRACK.value)
    files = select(func.count()).where(*mine)
    taken = files.where(_SUBMISSIONS.c.state == SubmissionState.JUDGED.value)
    late = files.where(_SUBMISSIONS.c.code == "T3-late")
    counts = (int(db.scalar(one) or 0) for one in (files, taken, late))
    yield Line("T3", "续读本科单独上报的文件：已接收；迟到退回 files of the fast track: taken; late", *counts)
    lane = select(func.count()).where(_CASES.c.season == season, _CASES.c.lane == FAST_TRACK)
    made = lane.where(_CASES.c.certificate.not_in(_UNPRINTED))
    due, done = int(db.scalar(lane) or 0), int(db.scalar(made) or 0)
    yield Line("T3/lane", "续读本科者：证书已制 in the fast track: certificate made", due, done, 0)


def exemptions(db: Connection, season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """R3: applications in time, and late ones; a withdrawn one moves nobody."""
    if pack.exemption is None:
        return
    wanted = select(_APPLICATIONS.c.received_at).where(_APPLICATIONS.c.season == season)
    times = list(db.scalars(wanted))
    late = sum(is_late(pack, at) for at in times)
    what = "免修免考申请：按期；迟者转以后季次 exemption applications: in time; late"
    yield Line("R3", what, len(times), len(times) - late, late)


def urgent(db: Connection, season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """N4: students whom units asked to be handled first."""
    if pack.urgent is None:
        return
    asked = (
        select(func.count())
        .select_from(_REQUESTS)
        .join(_CASES, (_CASES.c.student_id == _REQUESTS.c.student_id) & (_CASES.c.season == season))
    ).where(_REQUESTS.c.season == season)
    printed = asked.where(_CASES.c.lane == URGENT, _CASES.c.certificate.not_in(_UNPRINTED))
    due, done = int(db.scalar(asked) or 0), int(db.scalar(printed) or 0)
    yield Line("N4/urgent", "加急：已提前制证 urgent: certificate made first", due, done, 0)


def covers(db: Connection, _season: str, pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """N6: estimates beside graduates, by unit and level; held: to be sent or explained."""
    if pack.covers is None:
        return
    found = cover_standings(pack, db)
    open_ = sum(one.state in ASKED for one in found)
    what = "封皮征订（单位×层次）：相符或已说明 cover estimates: match or explained"
    yield Line("N6", what, len(found), len(found) - open_, 0)


def enrolments(db: Connection, season: str, pack: Pack, as_of: datetime) -> Iterator[Line]:
    """N8: extension lists by unit, and withdrawals that CHSI accepted."""
    if pack.extension is not None:
        mine = (_PROMISES.c.season == season, _PROMISES.c.subject == "unit")
        days = db.execute(select(_PROMISES.c.due_on, _PROMISES.c.done_on).where(*mine)).all()
        done = sum(row.done_on is not None and row.done_on <= row.due_on for row in days)
        late = sum((row.done_on or day_in_shanghai(as_of)) > row.due_on for row in days)
        yield Line("N8", "延期名单或零报告（按单位）extension lists or nil, by unit", len(days), done, late)
    if pack.cleanups:
        lists = select(_LISTS.c.id).where(_LISTS.c.season == season)
        rows = select(func.count()).where(_ROWS.c.list_id.in_(lists))
        accepted = rows.where(_ROWS.c.state == WithdrawalState.ACCEPTED.value)
        listed = rows.where(_ROWS.c.state != WithdrawalState.CLEARED.value)
        due, done = int(db.scalar(listed) or 0), int(db.scalar(accepted) or 0)
        what = "超学籍有效期者：已退学；暂缓为受保护 past their validity: withdrawn; held: protected"
        yield Line("N8/withdrawn", what, due, done, 0)


def branch_and_hq(db: Connection, season: str, _pack: Pack, _as_of: datetime) -> Iterator[Line]:
    """R1: whom the branch passed: HQ's audit is the final one."""
    passed = select(func.count()).where(_CASES.c.season == season, _CASES.c.branch_finding == "通过")
    approved = passed.where(_CASES.c.audit == Audit.APPROVED.value)
    due, done = int(db.scalar(passed) or 0), int(db.scalar(approved) or 0)
    yield Line("R1/branch", "分部审核通过者：总部也通过 passed by the branch: by HQ as well", due, done, 0)
