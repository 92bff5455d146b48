"""What is laid before a second person, by its kind: the list as it is now, and what a decision does with it.

One row of MATTERS a kind. A module that stands in it must not import `tasks.approval`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from rules.approvals import ApprovalKind
from tasks.approval_certificate import (
    approve_certificate_correction,
    approve_void,
    present_certificate_correction,
    present_void,
    reject_certificate_correction,
)
from tasks.approval_close import approve_close, present_close
from tasks.approval_correction import (
    approve_correction,
    difference_of,
    present_correction,
    reject_correction,
    renew_correction,
)
from tasks.approval_exemption import approve_exemption, present_exemption
from tasks.approval_list import Frozen, Verdict
from tasks.approval_lot import approve_lot, present_lot
from tasks.approval_upload import approve_upload, present_upload
from tasks.approval_urgent import approve_urgent, overtaking_of, present_urgent
from tasks.extension_approval import approve_extensions, present_extensions, reject_extensions
from tasks.withdrawal_approval import approve_withdrawals, present_withdrawals


def _nothing(*_: Any) -> None:
    """Leave everything as it is."""


def _nothing_more(*_: Any) -> dict[str, Any]:
    """Show nothing beside the list."""
    return {}


@dataclass(frozen=True)
class Matter:
    """How one kind is handled, always in the caller's transaction. row: of approval.

    stream: of its events, before the subject's id. present: the list as it is now; an empty hash says that
    there is nothing left to approve. approve, reject: do it, turn it down. renew: settle what a list that
    has changed no longer needs. answers: the subject is a receipt, whose unit is told anew. more: what an
    approver is shown beside the list.
    """

    stream: str
    present: Callable[[Connection, int], Frozen]
    approve: Callable[[Connection, Verdict], None]
    reject: Callable[[Connection, Any], None] = _nothing
    renew: Callable[[Connection, Any, Frozen], None] = _nothing
    answers: bool = False
    more: Callable[[Connection, Any], dict[str, Any]] = _nothing_more


MATTERS: Mapping[str, Matter] = {
    ApprovalKind.LOT_AUDIT: Matter("lot", present_lot, approve_lot),
    ApprovalKind.SEASON_CLOSE: Matter("season-close", present_close, approve_close),
    ApprovalKind.REGISTRY_UPLOAD: Matter("registry-package", present_upload, approve_upload),
    ApprovalKind.EXEMPTION_WITHDRAWAL: Matter("exemption", present_exemption, approve_exemption),
    ApprovalKind.CORRECTION: Matter(
        "submission",
        present_correction,
        approve_correction,
        reject_correction,
        renew_correction,
        answers=True,
        more=difference_of,
    ),
    ApprovalKind.CERTIFICATE_VOID: Matter("case", present_void, approve_void),
    ApprovalKind.CERTIFICATE_CORRECTION: Matter(
        "certificate-problem",
        present_certificate_correction,
        approve_certificate_correction,
        reject_certificate_correction,
    ),
    ApprovalKind.URGENT_CASE: Matter("urgent", present_urgent, approve_urgent, more=overtaking_of),
    ApprovalKind.EXTENSION: Matter(
        "extension-list", present_extensions, approve_extensions, reject_extensions
    ),
    ApprovalKind.WITHDRAWAL_LIST: Matter("withdrawal-list", present_withdrawals, approve_withdrawals),
}


def stream_of(kind: str, subject_id: int) -> str:
    """Return the stream of events of what an approval is about."""
    return f"{MATTERS[kind].stream}:{subject_id}"
