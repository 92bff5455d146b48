"""Packages for the registry as people ask for them: how far each came, and what was answered (T4)."""

from typing import Any

from sqlalchemy import Subquery, case, func, select

from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading
from models.lot import Approval, Lot
from models.outbox import OUTBOX
from rules.approvals import ApprovalKind
from tasks.registry_upload import UPLOAD

_PACKAGES, _ROWS = table_of(RegistryPackage), table_of(RegistryRow)
_LOTS, _APPROVALS = table_of(Lot), table_of(Approval)


def list_registry_packages(
    season: str = "", batch: int | None = None, unsent: bool = False, package: int | None = None
) -> list[dict[str, Any]]:
    """Return packages in the order exported, with their rows by answer and how their approval stands.

    accepted, rejected, unanswered: rows of the package, sent or not. approval: the state of the last one.
    upload, upload_code: where it stands in the outbox and why, None where it does not go over HTTP.
    """
    answers, decided = _answers(), _approvals()
    columns = [
        _PACKAGES.c[name] for name in ("id", "season", "batch", "lot_id", "content", "rows", "archived")
    ]
    times = [_PACKAGES.c[name] for name in ("exported_at", "sent_at", "sent_by")]
    counts = [
        func.coalesce(answers.c[name], 0).label(name) for name in ("accepted", "rejected", "unanswered")
    ]
    wanted = (
        select(*columns, _LOTS.c.branch, *times, *counts, decided.c.approval)
        .add_columns(OUTBOX.c.state.label("upload"), OUTBOX.c.code.label("upload_code"))
        .join_from(_PACKAGES, _LOTS, _LOTS.c.id == _PACKAGES.c.lot_id)
        .outerjoin(answers, answers.c.package_id == _PACKAGES.c.id)
        .outerjoin(decided, decided.c.subject_id == _PACKAGES.c.id)
        .outerjoin(OUTBOX, (OUTBOX.c.subject_id == _PACKAGES.c.id) & (OUTBOX.c.kind == UPLOAD))
        .order_by(_PACKAGES.c.id)
    )
    if season:
        wanted = wanted.where(_PACKAGES.c.season == season)
    if batch is not None:
        wanted = wanted.where(_PACKAGES.c.batch == batch)
    if package is not None:
        wanted = wanted.where(_PACKAGES.c.id == package)
    if unsent:
        wanted = wanted.where(_PACKAGES.c.sent_at.is_(None))
    with reading() as db:
        return [dict(row) for row in db.execute(wanted).mappings()]


def _answers() -> Subquery:
    results = {"accepted": "accepted", "rejected": "rejected", "unanswered": ""}
    counts = [
        func.sum(case((_ROWS.c.result == result, 1), else_=0)).label(name) for name, result in results.items()
    ]
    return select(_ROWS.c.package_id, *counts).group_by(_ROWS.c.package_id).subquery("answers")


def _approvals() -> Subquery:
    upload = _APPROVALS.c.kind == ApprovalKind.REGISTRY_UPLOAD.value
    last = select(func.max(_APPROVALS.c.id)).where(upload).group_by(_APPROVALS.c.subject_id)
    wanted = select(_APPROVALS.c.subject_id, _APPROVALS.c.state.label("approval"))
    return wanted.where(_APPROVALS.c.id.in_(last)).subquery("decided")
