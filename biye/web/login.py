"""Staff come in by name, password and one-time code, and leave again (G2)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from biye.web.guard import STAFF, Somebody, address_of, keep_cookie
from biye.web.page import page
from rules.accounts import Act
from rules.clock import now_in_shanghai
from tasks.account import let_in
from tasks.web_session import begin_session, end_session

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=200)]


@router.get("/login")
def form(request: Request) -> Response:
    """Show the form."""
    return page(request, "login")


@router.post("/login")
def login(request: Request, name: Text = "", password: Text = "", code: Text = "") -> Response:
    """Begin a session; one answer to whatever is wrong."""
    at = now_in_shanghai()
    account = let_in(name.strip(), password, code.strip(), address_of(request), at)
    if account is None:
        return page(request, "login", {"refused": True}, 403)
    response = RedirectResponse("/home", 303)
    keep_cookie(response, STAFF, begin_session(at, account_id=account))
    return response


@router.get("/home")
def home(visitor: Somebody) -> Response:
    """Go where an account's work is."""
    return RedirectResponse("/packages" if visitor.may(Act.LOOK) else "/phones", 303)


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    end_session(request.cookies.get(STAFF, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(STAFF, path="/", secure=True, httponly=True)
    return response
