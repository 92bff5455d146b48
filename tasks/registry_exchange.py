"""Approved packages go to the registry over HTTP, and its answers come back as receipt files (T4).

Without BIYE_REGISTRY_URL nothing is due here: packages are uploaded by hand, receipts come in as files.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from models import archive
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from models.lot import Approval, ApprovalState
from models.outbox import OUTBOX, OutboxState
from rules.approvals import ApprovalKind, same_name
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.registry_receipt import upload_key
from rules.season import Pack
from rules.submission import Kind
from tasks.answering import answer
from tasks.intake import take_in
from tasks.outbox import Effect, deliver, put_outgoing, reopen_outgoing
from tasks.receiving import earlier_receipt, receive
from tasks.registration import locked_package, note_sent, note_unsure
from tasks.registry_http import Registry, registry
from tasks.registry_upload import UPLOAD, check_upload
from tasks.size_cap import refuse_over_cap

SENDER = "Biye 注册接口"
_PACKAGES, _ROWS = table_of(RegistryPackage), table_of(RegistryRow)
_APPROVALS = table_of(Approval)


def packages_to_send(season: str) -> list[int]:
    """Return the season's packages that are approved and not sent, in the order exported.

    Whichever batch they are of: what a batch leaves behind goes with the run of the next (N1).
    """
    if registry() is None:
        return []
    approved = select(_APPROVALS.c.subject_id).where(
        _APPROVALS.c.kind == ApprovalKind.REGISTRY_UPLOAD.value,
        _APPROVALS.c.state == ApprovalState.APPROVED.value,
    )
    wanted = select(_PACKAGES.c.id).where(
        _PACKAGES.c.season == season, _PACKAGES.c.sent_at.is_(None), _PACKAGES.c.id.in_(approved)
    )
    with reading() as db:
        return list(db.scalars(wanted.order_by(_PACKAGES.c.id)))


def packages_to_ask(season: str) -> list[int]:
    """Return the packages that went over HTTP and have rows without an answer, in the order exported."""
    if registry() is None:
        return []
    wanted = (
        select(_PACKAGES.c.id)
        .join(OUTBOX, (OUTBOX.c.subject_id == _PACKAGES.c.id) & (OUTBOX.c.kind == UPLOAD))
        .where(_PACKAGES.c.season == season, OUTBOX.c.state == OutboxState.DONE, OUTBOX.c.receipt != "")
        .where(_PACKAGES.c.id.in_(select(_ROWS.c.package_id).where(_ROWS.c.result == "")))
    )
    with reading() as db:
        return list(db.scalars(wanted.order_by(_PACKAGES.c.id)))


def send_package(package_id: int, as_of: datetime) -> OutboxState:
    """Upload an approved package through the outbox; return where it stands. Again: nothing happens.

    Raises Refused T4-upload-unapproved, T4-package-altered, T4-package-unknown, T4-registry-…;
    Unsent and Unknown T4-registry-…
    """
    with transaction() as db:
        package = locked_package(db, package_id)
        if package.sent_at is not None:
            return OutboxState.DONE
        check_upload(db, package, SENDER)
        key = upload_key(package_id, package.archived)
        outgoing = put_outgoing(db, UPLOAD, package_id, key, package.season, as_of)
    return deliver(outgoing, package.season, _upload(_set_up(), package.archived), as_of)


def _set_up() -> Registry:
    found = registry()
    if found is None:
        raise Refused("T4-registry-address")
    return found


def _upload(to: Registry, archived: str) -> Effect:
    """Return what an upload does outside and writes inside."""
    return Effect(
        check=lambda db, row: check_upload(db, locked_package(db, row.subject_id), SENDER),
        send=lambda row: to.upload(row.key, archive.fetch(archived)),
        ask=lambda row: to.receipt_of(row.key, archived),
        unsure=_with_package(note_unsure),
        done=_with_package(partial(_note_done, by=SENDER)),
    )


def _note_done(db: Connection, package: Any, as_of: datetime, by: str) -> None:
    note_sent(db, package, by, as_of)


def _with_package(
    note: Callable[[Connection, Any, datetime], None],
) -> Callable[[Connection, Any, datetime], None]:
    return lambda db, row, as_of: note(db, locked_package(db, row.subject_id), as_of)


def retry_upload(package_id: int, by: str, as_of: datetime) -> None:
    """Let a package that the registry refused go with the next run, which asks first whether it is there.

    Raises Refused T4-package-unknown, T4-registry-not-refused, approval-nameless.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        locked_package(db, package_id)
        if not reopen_outgoing(db, UPLOAD, package_id, as_of, by):
            raise Refused("T4-registry-not-refused", package=package_id)


def take_results(package_id: int, pack: Pack, reference: Reference, as_of: datetime) -> dict[str, int]:
    """Fetch the answers to a package and take them in as any receipt file; rows by outcome, {} if none came.

    The bytes are kept and get a receipt number first: killed in between, the next run judges them.
    Raises Refused file-over-cap, receipt-waits; Unsent T4-registry-…
    """
    with reading() as db:
        package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == package_id)).one()
    answers = _set_up().results(upload_key(package_id, package.archived))
    if answers is None:
        return {}
    receipt = _receipt_for(package, answers, as_of)
    counts = take_in(receipt, pack, reference, as_of)
    answer(receipt, pack)
    return counts


def _receipt_for(package: Any, answers: bytes, as_of: datetime) -> int:
    """Return the receipt number of these answers, an earlier one if they came before."""
    name, kind = f"registry-{package.id}.csv", str(Kind.REGISTRY_RECEIPT)
    refuse_over_cap(len(answers), kind, name)
    with reading() as db:
        earlier = earlier_receipt(db, package.season, kind, HQ, archive.keep(answers))
    return int(earlier.id) if earlier else receive(package.season, kind, HQ, name, answers, as_of)
