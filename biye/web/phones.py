"""Phones of units: a code that is shown once binds the phone that scans it; a lost one is cut off."""

from typing import Annotated

import qrcode
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage
from starlette.responses import RedirectResponse, Response

from biye.web.guard import STAFF, address_of, keep_cookie, only
from biye.web.page import page
from models.database import transaction
from rules.accounts import Act, in_scope
from rules.clock import now_in_shanghai
from rules.custody import Tree
from tasks.account import disable_account
from tasks.attempts import may_try
from tasks.phone import INVITED_FOR, bind_phone, invite_phone, list_phones
from tasks.policy import current_reference
from tasks.web_session import OF_PHONE, Visitor

router = APIRouter(include_in_schema=False)
Manager = Annotated[Visitor, Depends(only(Act.MANAGE))]
Text = Annotated[str, Form(max_length=80)]
_TRIES = 20


@router.get("/phones")
def phones(request: Request, visitor: Manager) -> Response:
    """List the phones in the administrator's scope."""
    tree = _tree()
    mine = [one for one in list_phones() if in_scope(visitor.unit, one.unit, tree)]
    return page(request, "phones", {"visitor": visitor, "phones": mine, "said": tree.said})


@router.post("/phones")
def invite(request: Request, visitor: Manager, unit: Text) -> Response:
    """Show the code that binds one more phone of a unit; it is shown this once."""
    _check_scope(visitor, unit.strip())
    at, reference = now_in_shanghai(), current_reference()
    name, code = invite_phone(unit.strip(), at, visitor.name, reference)
    link = f"{request.url.scheme}://{request.url.netloc}/bind#{code}"
    minutes = int(INVITED_FOR.total_seconds() // 60)
    shown = {"name": name, "unit": _tree().said(unit.strip()), "code": _drawn(link), "minutes": minutes}
    return page(request, "invitation", {"visitor": visitor, **shown})


@router.post("/phones/{name}/cut-off")
def cut_off(visitor: Manager, name: str) -> Response:
    """Let a phone in no more, from this moment on."""
    found = next((one for one in list_phones() if one.name == name), None)
    if found is None:
        raise HTTPException(404)
    _check_scope(visitor, found.unit)
    disable_account(name, now_in_shanghai(), visitor.name)
    return RedirectResponse("/phones", 303)


@router.get("/bind")
def binding(request: Request) -> Response:
    """Show what a scanned code opens; the code itself stays behind the # and out of every log."""
    return page(request, "bind")


@router.post("/bind")
def bind(request: Request, code: Text = "") -> Response:
    """Bind this phone; Refused phone-invitation is told as a page."""
    at = now_in_shanghai()
    with transaction() as db:
        if not may_try(db, {f"bind-from:{address_of(request)}": _TRIES}, at, INVITED_FOR):
            raise HTTPException(404)
    response = RedirectResponse("/scan", 303)
    keep_cookie(response, STAFF, bind_phone(code, at), OF_PHONE)
    return response


def _drawn(link: str) -> Markup:
    """Return a QR code as a picture within the page."""
    return Markup(qrcode.make(link, image_factory=SvgPathImage, box_size=14).to_string(encoding="unicode"))


def _tree() -> Tree:
    return current_reference().tree


def _check_scope(visitor: Visitor, unit: str) -> None:
    if not in_scope(visitor.unit, unit, _tree()):
        raise HTTPException(404)
