"""What every request passes: headers of the answer, the origin of what changes something, and who asks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from starlette.responses import PlainTextResponse, Response

from rules.accounts import Act
from rules.clock import now_in_shanghai
from tasks.web_session import Visitor, visitor_of

STAFF, STUDENT = "__Host-biye", "__Host-biye-student"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    # No script but our own files; WebAssembly is the scanner's.
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


async def guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what another site makes a browser send, and give every answer its headers."""
    if request.method not in _SAFE and not _from_here(request):
        response: Response = PlainTextResponse("请从本站页面提交 · send this from a page of this site", 403)
    else:
        response = await answer(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _from_here(request: Request) -> bool:
    """Say whether the browser tells that a page of this very site sent it; what tells nothing is refused."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    same_host = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return site in (None, "same-origin") and same_host


def address_of(request: Request) -> str:
    """Return from where somebody asks, to count attempts by."""
    return request.client.host if request.client else ""


def staff(request: Request) -> Visitor | None:
    """Return the account that asks; None for a stranger."""
    return visitor_of(request.cookies.get(STAFF, ""), now_in_shanghai())


def _somebody(visitor: Annotated[Visitor | None, Depends(staff)]) -> Visitor:
    if visitor is None:
        raise HTTPException(404)
    return visitor


Somebody = Annotated[Visitor, Depends(_somebody)]
"""Any account; a stranger gets 404, as for what there is not."""
Anybody = Annotated[Visitor | None, Depends(staff)]


def only(act: Act) -> Callable[[Visitor], Visitor]:
    """Return a dependency that lets in accounts whose role may do something; others get 404."""

    def let_in(visitor: Somebody) -> Visitor:
        if not visitor.may(act):
            raise HTTPException(404)
        return visitor

    return let_in


Looker = Annotated[Visitor, Depends(only(Act.LOOK))]
Confirmer = Annotated[Visitor, Depends(only(Act.CONFIRM))]


def keep_cookie(response: Response, name: str, token: str, lasts: timedelta | None = None) -> None:
    """Give the browser its session: to this host alone, never to scripts. lasts: default till it closes."""
    age = int(lasts.total_seconds()) if lasts else None
    response.set_cookie(name, token, max_age=age, path="/", secure=True, httponly=True, samesite="lax")
