"""Receiving: bytes are kept and get a receipt number before anybody looks into them."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models import archive
from models.certificate import RegistryPackage
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.submission import Submission, SubmissionState
from rules.clock import in_shanghai
from rules.refusals import Reason, Refused, register
from rules.submission import KINDS, Kind
from tasks.closure import comes_late

SUBMISSIONS = table_of(Submission)
_PACKAGES = table_of(RegistryPackage)

register(
    Reason(
        "file-kind",
        "R1",
        "{kind} 不是上报种类；可用：{allowed}",
        "{kind} is no kind of submission; allowed: {allowed}",
        "请用 --kind 指明其中一种。",
        "Name one of them with --kind.",
    ),
    Reason(
        "file-again",
        "R1",
        "文件 {file} 已于 {received} 收到，回执编号 {receipt}",
        "{file} was already received on {received} as receipt {receipt}",
        "无需处理；如有更正，请修改后重新上报。",
        "Nothing to do; to correct something, change the file and send it again.",
    ),
)


@dataclass(frozen=True)
class GivenTime:
    """HQ stated when a file came in: who did, and when that was."""

    by: str
    at: datetime


def receive(
    season: str,
    kind: str,
    branch: str,
    filename: str,
    data: bytes,
    received_at: datetime,
    given: GivenTime | None = None,
) -> int:
    """Keep a file's bytes and return its receipt number. given: where somebody stated received_at, logged.

    Refused file-kind for an unknown kind, season-closed, file-again for bytes that this unit sent before as
    this kind.
    """
    if kind not in KINDS:
        raise Refused("file-kind", kind=kind, allowed=", ".join(KINDS))
    digest = hashlib.sha256(data).hexdigest()
    with transaction() as db:
        late = comes_late(db, season, kind)
        _refuse_repeat(db, season, kind, branch, filename, digest)
        archive.keep(data, digest)
        row: dict[str, object] = {
            "season": season,
            "kind": str(kind),
            "branch": branch,
            "filename": filename,
            "sha256": digest,
        }
        row |= {"size": len(data), "received_at": received_at, "recorded_at": datetime.now(UTC)}
        made = db.execute(insert(SUBMISSIONS).returning(SUBMISSIONS.c.id), row | _nothing_counted())
        receipt = int(made.scalar_one())
        stream = f"submission:{receipt}"
        record(db, stream, "received", received_at, actor=branch, of=str(kind), sha256=digest)
        if late:
            record(db, stream, "received-after-close", received_at, actor=branch)
        if given is not None:
            record(db, stream, "received-at-given", given.at, actor=given.by, given=received_at.isoformat())
    return receipt


def _nothing_counted() -> dict[str, object]:
    counts = dict.fromkeys(("rows_read", "accepted", "refused", "held", "parked", "duplicate"), 0)
    return {"state": SubmissionState.RECEIVED, **counts}


def _refuse_repeat(db: Connection, season: str, kind: str, branch: str, filename: str, digest: str) -> None:
    earlier = earlier_receipt(db, season, kind, branch, digest)
    if earlier is not None and not _answers_anew(db, season, kind, earlier.received_at):
        received = f"{in_shanghai(earlier.received_at):%Y-%m-%d %H:%M}"
        raise Refused("file-again", file=filename, receipt=earlier.id, received=received)


def earlier_receipt(db: Connection, season: str, kind: str, branch: str, digest: str) -> Any:
    """Return id and received_at of the receipt that the same bytes of a unit have already, None if none."""
    known = select(SUBMISSIONS.c.id, SUBMISSIONS.c.received_at).where(
        SUBMISSIONS.c.season == season,
        SUBMISSIONS.c.kind == str(kind),
        SUBMISSIONS.c.branch == branch,
        SUBMISSIONS.c.sha256 == digest,
    )
    return db.execute(known.order_by(SUBMISSIONS.c.id.desc())).first()


def _answers_anew(db: Connection, season: str, kind: str, earlier: datetime) -> bool:
    """Say whether the registry's receipt, the same as one before, can answer a package sent since (T4)."""
    sent = select(_PACKAGES.c.id).where(_PACKAGES.c.season == season, _PACKAGES.c.sent_at > earlier)
    return kind == Kind.REGISTRY_RECEIPT and db.execute(sent).first() is not None
