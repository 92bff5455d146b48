"""Stocktakes at a unit's page: begin, scan, explain, end once nothing is unexplained (N5)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from biye.web.guard import Confirmer
from biye.web.page import page
from rules.clock import now_in_shanghai
from rules.refusals import BiyeError
from rules.states import Custody, chinese
from rules.stocktake import CHINESE, REASONS_ZH, UNRESOLVED, Explanation
from tasks.policy import current_reference
from tasks.stocktake import close_stocktake, explain_stock, open_stocktake, scan_stock
from tasks.stocktake_view import show_stocktake, stocktakes
from tasks.web_session import Visitor

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
_WORDS = {
    "verdicts": {verdict.value: said for verdict, said in CHINESE.items()},
    "reasons": {reason.value: said for reason, said in REASONS_ZH.items()},
    "custody_words": {state.value: chinese(state) for state in Custody},
    "unresolved": {verdict.value for verdict in UNRESOLVED},
}


@router.get("/stocktake")
def stocktake(request: Request, visitor: Confirmer) -> Response:
    """Show what is expected, found and still to be explained at the visitor's unit."""
    return _page(request, visitor)


@router.post("/stocktake/open")
def begin(request: Request, visitor: Confirmer) -> Response:
    """Begin to take stock of all that the unit holds."""
    reference = current_reference()
    return _done(request, visitor, lambda: open_stocktake(*_where(visitor), reference))


@router.post("/stocktake/scan")
def count(request: Request, visitor: Confirmer, code: Text = "") -> Response:
    """Count what a label or a certificate's number stands for, and say what it is."""
    try:
        told = scan_stock(code.strip(), *_where(visitor), current_reference())
    except BiyeError as refusal:
        return _page(request, visitor, refused=str(refusal).splitlines(), status=409)
    return _page(request, visitor, told=told.sentence, outcome=told.outcome.value)


@router.post("/stocktake/explain")
def explain(
    request: Request, visitor: Confirmer, code: Text = "", reason: Text = "", note: Text = ""
) -> Response:
    """Say why something is missing or unexpected."""
    why = next((one for one in Explanation if one.value == reason), Explanation.OTHER)
    place, at, actor = _where(visitor)
    return _done(request, visitor, lambda: explain_stock(code.strip(), place, why, note.strip(), at, actor))


@router.post("/stocktake/close")
def end(request: Request, visitor: Confirmer) -> Response:
    """End it; refused while anything missing or unexpected is unexplained."""
    return _done(request, visitor, lambda: close_stocktake(*_where(visitor)))


def _where(visitor: Visitor) -> tuple[str, datetime, str]:
    return visitor.unit, now_in_shanghai(), visitor.name


def _done(request: Request, visitor: Visitor, work: Callable[[], object]) -> Response:
    try:
        work()
    except BiyeError as refusal:
        return _page(request, visitor, refused=str(refusal).splitlines(), status=409)
    return RedirectResponse("/stocktake", 303)


def _page(request: Request, visitor: Visitor, status: int = 200, **told: Any) -> Response:
    known = stocktakes(visitor.unit)
    seen, lines = show_stocktake(visitor.unit) if known else (None, [])
    unit = current_reference().tree.said(visitor.unit)
    content = {"visitor": visitor, "unit": unit, "seen": seen, "lines": lines, **told}
    return page(request, "stocktake", content | _WORDS, status)
