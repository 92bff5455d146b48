"""What a label's link opens: for a stranger whose package it is and whom to call, for staff the scan (N9)."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from biye.web.guard import Anybody
from biye.web.page import page
from rules.accounts import Act
from rules.labels import TOKEN
from tasks.policy import season_pack
from tasks.seasons import deployed_seasons

router = APIRouter(include_in_schema=False)


@router.get("/P/{token}")
def label(request: Request, token: str, visitor: Anybody) -> Response:
    """Tell a stranger whose package it is, the same for every label, one that does not exist too."""
    if not TOKEN.fullmatch(token.upper()):
        raise HTTPException(404)
    if visitor is not None and visitor.may(Act.CONFIRM):
        return RedirectResponse(f"/scan#{token.upper()}", 303)
    seasons = deployed_seasons()
    contacts = season_pack(seasons[-1]).contacts if seasons else None
    return page(request, "label", {"contacts": contacts})
