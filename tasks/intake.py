"""Intake: what judging accepted becomes rows; everything else becomes a verdict; both in one transaction.

A row that stays unjudged does not exist: rows read = accepted + refused + held + parked + duplicate.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from models.bulk import insert_frame
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.submission import RowVerdict, SubmissionState
from rules.reference import Reference
from rules.refusals import Reason, Refused, register
from rules.season import Pack
from rules.submission import Judged, Kind
from rules.windows import Placement, details, place
from tasks.closure import said_late
from tasks.correction_intake import set_aside
from tasks.cover import store_cover_estimates
from tasks.exemption import store_exemptions
from tasks.extension_intake import store_extension, store_extension_history
from tasks.grades_store import store_grades
from tasks.intake_cases import store_audit_data, store_certificate_data, store_photos
from tasks.judging import AUDIT_DATA, GRADES, judge_file
from tasks.receiving import SUBMISSIONS
from tasks.registration import keep_results
from tasks.roster import store_roster
from tasks.urgent_request import store_requests
from tasks.withdrawal_answers import store_withdrawal_answers

register(
    Reason(
        "receipt-waits",
        "MODEL",
        "回执 {receipt} 所依据的回执 {before} 尚未审核",
        "receipt {receipt} builds on receipt {before}, which is not judged yet",
        "请先处理回执 {before}（见其失败原因），再重新运行收件。",
        "See to receipt {before} first (its failure says why), then run the intake again.",
    ),
)
VERDICTS = table_of(RowVerdict)
Store = Callable[[Connection, Any, Judged, int | None], Judged]


def waiting_submissions(season: str, as_of: datetime) -> list[int]:
    """Return the receipts that are not judged yet: what others build on first, then in order of receipt.

    The order of judging moves nobody's place: that is computed from the receipts (N3).
    """
    wanted = select(SUBMISSIONS.c.id, SUBMISSIONS.c.kind).where(
        SUBMISSIONS.c.season == season,
        SUBMISSIONS.c.state == SubmissionState.RECEIVED,
        SUBMISSIONS.c.received_at <= as_of,
    )
    with reading() as db:
        found = db.execute(wanted.order_by(SUBMISSIONS.c.id)).all()
    return [row.id for row in sorted(found, key=lambda row: _RANK[row.kind])]


def parked_submissions(season: str, batch: int, pack: Pack) -> list[int]:
    """Return the receipts with rows parked for a batch: what others build on first, then by receipt (T1)."""
    wanted = select(SUBMISSIONS).where(SUBMISSIONS.c.season == season, SUBMISSIONS.c.parked > 0)
    with reading() as db:
        found = db.execute(wanted.order_by(SUBMISSIONS.c.id)).all()
    mine = [row for row in found if place(pack, row.kind, row.received_at).batch == batch]
    return [row.id for row in sorted(mine, key=lambda row: _RANK[row.kind])]


def take_in(
    receipt: int, pack: Pack, reference: Reference, as_of: datetime, batch: int | None = None
) -> dict[str, int]:
    """Judge one receipt and store what it brought; returns the rows by outcome. Safe to run again.

    batch: given when a batch opens and takes the rows that were parked for it. Raises Refused receipt-waits
    while one that it builds on is not judged.
    """
    with transaction() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        if sent.state != SubmissionState.RECEIVED and not (batch is not None and sent.parked):
            return {}
        if (before := _waits_for(db, sent)) is not None:
            raise Refused("receipt-waits", receipt=receipt, before=before)
        placed = _placed(pack, sent, as_of, batch)
        try:
            if placed.outcome == "refused":
                raise Refused(
                    placed.code or "N1-closed", **details(pack, sent.kind, sent.received_at, placed)
                )
            judged = judge_file(db, sent, placed, reference, pack)
        except Refused as refusal:
            return _quarantine(db, sent, refusal, as_of)
        return _store(db, sent, judged, placed, as_of)


def _placed(pack: Pack, sent: Any, as_of: datetime, batch: int | None) -> Placement:
    """Return where a receipt belongs: parked for a batch that has opened meanwhile, it is of that batch."""
    placed = place(pack, sent.kind, sent.received_at)
    if batch is None and placed.outcome == "parked" and placed.until and placed.until <= as_of:
        batch = placed.batch  # judged late: its opening has passed and comes no more (T1)
    return placed if batch is None else Placement("open", batch)


def _waits_for(db: Connection, sent: Any) -> int | None:
    """Return a receipt that this one builds on and that is not judged yet: of the same unit, or a roster."""
    same_unit = SUBMISSIONS.c.kind.in_(_BUILDS_ON.get(sent.kind, ())) & (SUBMISSIONS.c.branch == sent.branch)
    roster = (SUBMISSIONS.c.kind == str(Kind.ROSTER)) & (sent.kind != Kind.ROSTER)
    wanted = select(SUBMISSIONS.c.id).where(
        SUBMISSIONS.c.season == sent.season,
        SUBMISSIONS.c.state == SubmissionState.RECEIVED,
        SUBMISSIONS.c.id < sent.id,
        same_unit | roster,
    )
    return db.scalar(wanted.order_by(SUBMISSIONS.c.id).limit(1))


def _quarantine(db: Connection, sent: Any, refusal: Refused, as_of: datetime) -> dict[str, int]:
    row = {"state": SubmissionState.QUARANTINED, "code": refusal.code, "detail": str(refusal)}
    db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == sent.id), row)
    record(db, f"submission:{sent.id}", "quarantined", as_of, code=refusal.code)
    return {}


def _store(db: Connection, sent: Any, judged: Judged, placed: Placement, as_of: datetime) -> dict[str, int]:
    if sent.kind in GRADES:
        judged = set_aside(db, sent, judged, placed.batch, as_of)
    store = _STORES[sent.kind]
    judged = store(db, sent, judged, placed.batch) if len(judged.accepted) else judged
    db.execute(delete(VERDICTS).where(VERDICTS.c.submission_id == sent.id))
    if len(judged.verdicts):
        insert_frame(db, VERDICTS, judged.verdicts.assign(submission_id=sent.id))
    counts = judged.counts()
    row: dict[str, Any] = {"state": SubmissionState.JUDGED, "rows_read": judged.rows_read, **counts}
    row |= {"detail": "\n".join([*judged.notes, *said_late(db, sent)]) or None}
    row["batch"] = None if placed.outcome == "parked" else placed.batch
    db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == sent.id), row)
    record(db, f"submission:{sent.id}", "judged", as_of, counts=counts, batch=row["batch"])
    _note_strangers(db, sent, judged, as_of)
    return counts


def _note_strangers(db: Connection, sent: Any, judged: Judged, as_of: datetime) -> None:
    """Leave a security record where a unit sent rows of students who are not its own."""
    rows = int((judged.verdicts["code"] == "row-other-branch").sum())
    if rows:
        said = {"submission": sent.id, "of": str(sent.kind), "rows": rows}
        record(db, "security", "other-unit-rows", as_of, actor=sent.branch, **said)


def _store_grades(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    store_grades(db, sent.id, judged.accepted)
    return judged


def _store_results(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    keep_results(db, judged.accepted, sent.received_at)
    return judged


_STORES: Mapping[str, Store] = {
    # In the order of judging: rosters before everything, cases before what completes them.
    Kind.ROSTER: store_roster,
    **dict.fromkeys(sorted(AUDIT_DATA), store_audit_data),
    Kind.CERTIFICATE_DATA: store_certificate_data,
    Kind.PHOTOS: store_photos,
    Kind.EXEMPTION: store_exemptions,
    Kind.URGENT_REQUEST: store_requests,
    Kind.COVER_ESTIMATE: store_cover_estimates,
    Kind.REGISTRY_RECEIPT: _store_results,
    Kind.EXTENSION_HISTORY: store_extension_history,
    Kind.EXTENSION: store_extension,
    Kind.WITHDRAWAL_RECEIPT: store_withdrawal_answers,
    **dict.fromkeys(GRADES, _store_grades),
}
# Both complete a case, which a row of audit data makes.
_BUILDS_ON = dict.fromkeys((Kind.CERTIFICATE_DATA, Kind.PHOTOS), tuple(AUDIT_DATA))
_RANK = {kind: rank for rank, kind in enumerate(_STORES)} | dict.fromkeys(GRADES, len(_STORES))
