"""What waits for a second person at HQ: seen by all who may look there, decided by an approver."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from biye.urgent_runs import start_after
from biye.web.guard import only
from biye.web.page import page
from rules.accounts import Act
from rules.approvals import CHINESE, STATES_CHINESE
from rules.clock import now_in_shanghai
from rules.reference import HQ
from rules.refusals import BiyeError
from tasks.approval import approvals, approve, reject, shown
from tasks.web_session import Visitor

router = APIRouter(include_in_schema=False)
Approver = Annotated[Visitor, Depends(only(Act.APPROVE))]
Text = Annotated[str, Form(max_length=200)]
_WORDS = {"kinds": {kind.value: said for kind, said in CHINESE.items()}, "states": STATES_CHINESE}


def _at_hq(visitor: Annotated[Visitor, Depends(only(Act.LOOK))]) -> Visitor:
    if visitor.unit != HQ:
        raise HTTPException(404)
    return visitor


AtHq = Annotated[Visitor, Depends(_at_hq)]


@router.get("/approvals")
def waiting(request: Request, visitor: AtHq) -> Response:
    """List what waits for a decision."""
    return page(request, "approvals", {"visitor": visitor, "found": approvals()} | _WORDS)


@router.get("/approvals/{approval_id}")
def one(request: Request, visitor: AtHq, approval_id: int) -> Response:
    """Show one approval, and whether its list is still as it was frozen."""
    return _page(request, visitor, approval_id)


@router.post("/approvals/{approval_id}/approve")
def say_yes(request: Request, visitor: Approver, approval_id: int, document_no: Text = "") -> Response:
    """Approve what another person proposed; an urgent one starts its run at once (N4)."""
    try:
        approve(approval_id, visitor.name, now_in_shanghai(), document_no.strip())
        start_after(approval_id)
    except BiyeError as refusal:
        return _page(request, visitor, approval_id, refusal)
    return RedirectResponse("/approvals", 303)


@router.post("/approvals/{approval_id}/reject")
def say_no(request: Request, visitor: Approver, approval_id: int, note: Text = "") -> Response:
    """Turn a proposal down."""
    try:
        reject(approval_id, visitor.name, now_in_shanghai(), note.strip())
    except BiyeError as refusal:
        return _page(request, visitor, approval_id, refusal)
    return RedirectResponse("/approvals", 303)


def _page(request: Request, visitor: Visitor, approval_id: int, refusal: BiyeError | None = None) -> Response:
    try:
        found = shown(approval_id)
    except BiyeError:
        raise HTTPException(404) from None
    refused = str(refusal).splitlines() if refusal else []
    content = {"visitor": visitor, "one": found, "refused": refused} | _WORDS
    return page(request, "approval", content, 409 if refusal else 200)
