"""Cleanups and extensions as people ask for them: how far each unit is, and its rows (N8)."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Subquery, case, func, select

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models.archive import fetch
from models.cleanup import Withdrawal, WithdrawalList, WithdrawalPackage
from models.columns import table_of
from models.database import reading, transaction
from models.extension import Extension, ExtensionList
from models.lot import Approval
from models.out import lay_out
from rules.approvals import ApprovalKind
from rules.cleanup import PROTECTING
from rules.clock import day_in_shanghai
from rules.extension import ExtensionState
from rules.identity import mask_id
from rules.names import mask_name
from rules.refusals import Refused
from rules.withdrawal import WithdrawalState
from tasks.cleanup_frames import extension_frame, withdrawal_frame
from tasks.listing import Listing, listing_workbook
from tasks.unmasking import note_unmasked

_ROWS, _LISTS, _PACKAGES = table_of(Withdrawal), table_of(WithdrawalList), table_of(WithdrawalPackage)
_EXTENSIONS, _EXTENSION_LISTS, _APPROVALS = (table_of(one) for one in (Extension, ExtensionList, Approval))
_PROGRESS = ("approved", "exported", "sent", "accepted", "rejected")


def list_lists(season: str, branch: str = "") -> list[dict[str, Any]]:
    """Return each unit's list of candidates: counts, the notice, and how its last approval stands.

    candidates: all; protected, to_decide: of those not yet approved; then by progress.
    """
    counts, decided = _row_counts(), last_approvals(ApprovalKind.WITHDRAWAL_LIST)
    names = ("candidates", "protected", "to_decide", *_PROGRESS)
    wanted = (
        select(
            *(_LISTS.c[name] for name in ("id", "cleanup", "branch", "notified_on", "notice")),
            *(func.coalesce(counts.c[name], 0).label(name) for name in names),
            decided.c.approval,
        )
        .outerjoin(counts, counts.c.list_id == _LISTS.c.id)
        .outerjoin(decided, decided.c.subject_id == _LISTS.c.id)
        .where(_LISTS.c.season == season)
        .order_by(_LISTS.c.branch, _LISTS.c.id)
    )
    with reading() as db:
        rows = db.execute(wanted.where(_LISTS.c.branch == branch) if branch else wanted).mappings()
        return [dict(row) for row in rows]


def _row_counts() -> Subquery:
    listed = _ROWS.c.state == WithdrawalState.LISTED.value
    protected = _ROWS.c.finding.in_(PROTECTING)
    tests = {"candidates": _ROWS.c.state != WithdrawalState.CLEARED.value}
    tests |= {"protected": listed & protected, "to_decide": listed & ~protected}
    tests |= {name: _ROWS.c.state == name for name in _PROGRESS}
    sums = [func.sum(case((test, 1), else_=0)).label(name) for name, test in tests.items()]
    return select(_ROWS.c.list_id, *sums).group_by(_ROWS.c.list_id).subquery("counts")


def last_approvals(kind: ApprovalKind) -> Subquery:
    """Return the state of the newest approval about each subject of a kind: subject_id, approval."""
    mine = _APPROVALS.c.kind == kind.value
    last = select(func.max(_APPROVALS.c.id)).where(mine).group_by(_APPROVALS.c.subject_id)
    wanted = select(_APPROVALS.c.subject_id, _APPROVALS.c.state.label("approval"))
    return wanted.where(_APPROVALS.c.id.in_(last)).subquery("decided")


def list_packages(season: str) -> list[dict[str, Any]]:
    """Return the packages for CHSI in the order exported, with how many rows are not answered."""
    answered = select(func.count()).where(
        _ROWS.c.package_id == _PACKAGES.c.id, _ROWS.c.state == WithdrawalState.SENT.value
    )
    names = ("id", "rows", "exported_at", "sent_at", "sent_by", "void")
    wanted = (
        select(
            *(_PACKAGES.c[name] for name in names),
            _LISTS.c.branch,
            answered.scalar_subquery().label("unanswered"),
        )
        .join(_LISTS, _LISTS.c.id == _PACKAGES.c.list_id)
        .where(_LISTS.c.season == season)
    )
    with reading() as db:
        return [dict(row) for row in db.execute(wanted.order_by(_PACKAGES.c.id)).mappings()]


def package_table(package_id: int, asked_by: str, at: datetime) -> bytes:
    """Return a package's DBF table, to be uploaded to CHSI; who takes it is logged, for it names students.

    Raises Refused N8-package-unknown, N8-package-void, unmasked-nameless.
    """
    with reading() as db:
        package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == package_id)).one_or_none()
    if package is None:
        raise Refused("N8-package-unknown", package=package_id)
    if package.void:
        raise Refused("N8-package-void", package=package_id, count="—")
    _note(f"withdrawal-list:{package.list_id}", "cleanup save", asked_by, at)
    return fetch(package.archived)


def show_list(season: str, branch: str, asked_by: str | None, at: datetime) -> list[dict[str, str]]:
    """Return a unit's candidates, names and numbers masked unless somebody asks by name, which is logged.

    Raises Refused N8-no-list, unmasked-nameless.
    """
    lists = list_lists(season, branch)
    if not lists:
        raise Refused("N8-no-list", season=season, branch=branch)
    with reading() as db:
        frame = withdrawal_frame(db, season, branch)
    if asked_by is not None:
        _note(f"withdrawal-list:{lists[0]['id']}", "cleanup show", asked_by, at)
        return _records(frame)
    return _records(_masked(frame))


def _note(stream: str, what: str, by: str, at: datetime) -> None:
    with transaction() as db:
        note_unmasked(db, stream, what, [], by, at)


def _masked(frame: pd.DataFrame) -> pd.DataFrame:
    hidden = {"学号": [mask_id(number) for number in frame["学号"]]}
    return frame.assign(**hidden, 姓名=[mask_name(name) for name in frame["姓名"]])


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(value) for name, value in row.items()} for row in frame.to_dict("records")]


def list_extensions(season: str, branch: str = "") -> list[dict[str, Any]]:
    """Return each unit's extension list: nil or its applications by state, and how its approval stands."""
    decided = last_approvals(ApprovalKind.EXTENSION)
    tests = {state.value: _EXTENSIONS.c.state == state.value for state in ExtensionState}
    tests["without_scan"] = _EXTENSIONS.c.scan.is_(None)
    sums = [func.coalesce(func.sum(case((test, 1), else_=0)), 0).label(name) for name, test in tests.items()]
    known = [_EXTENSION_LISTS.c[name] for name in ("id", "branch", "nil", "received_at", "submission_id")]
    wanted = (
        select(*known, *sums, decided.c.approval)
        .join_from(
            _EXTENSION_LISTS, _EXTENSIONS, _EXTENSIONS.c.list_id == _EXTENSION_LISTS.c.id, isouter=True
        )
        .outerjoin(decided, decided.c.subject_id == _EXTENSION_LISTS.c.id)
        .where(_EXTENSION_LISTS.c.season == season)
        .group_by(*known, decided.c.approval)
        .order_by(_EXTENSION_LISTS.c.branch)
    )
    with reading() as db:
        rows = db.execute(wanted.where(_EXTENSION_LISTS.c.branch == branch) if branch else wanted).mappings()
        return [dict(row) for row in rows]


def show_extensions(season: str, branch: str, asked_by: str | None, at: datetime) -> list[dict[str, str]]:
    """Return applications, names and numbers masked and reasons left out unless somebody asks by name, which
    is logged. Raises Refused unmasked-nameless.
    """
    with reading() as db:
        frame = extension_frame(db, season, branch)
    if asked_by is not None:
        _note(f"season:{season}", "extension list", asked_by, at)
        return _records(frame)
    return _records(_masked(frame).drop(columns="理由"))


def write_lists(season: str, branch: str, as_of: datetime) -> list[str]:
    """Write a unit's 退学名单 and 延期汇总表 to its folder, in place of earlier ones; return where."""
    with reading() as db:
        frames = {
            "退学名单": withdrawal_frame(db, season, branch),
            "延期汇总表": extension_frame(db, season, branch),
        }
    written = []
    for title, frame in frames.items():
        about = f"{season} 季　单位 {branch}　共 {len(frame)} 条"
        workbook = listing_workbook(Listing(title, about, frame, "Biye", day_in_shanghai(as_of)))
        written.append(lay_out(branch, f"{title}-{season}.xlsx", workbook))
    return written
