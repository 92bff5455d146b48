"""Packages as a unit sees them: on their way to it, with it, below it; and one with its history (N9)."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from biye.cli.events import said_event
from biye.web.guard import Confirmer, Looker
from biye.web.page import page
from rules.accounts import Act
from rules.clock import now_in_shanghai
from rules.custody import DIRECTIONS_CHINESE, OUTCOMES_CHINESE, Place, Tree
from rules.custody_sentences import chinese_place
from rules.package_check import CHINESE, STATES_CHINESE, FindingKind
from rules.reference import HQ
from rules.refusals import BiyeError, Refused
from rules.states import Custody, chinese
from rules.tracking import CHINESE as CHINESE_TRACKING
from rules.tracking import tracking_of
from tasks.custody import sign
from tasks.package_check import check_package
from tasks.package_contents import numbers_of, package_contents
from tasks.package_view import show_package
from tasks.policy import current_reference, season_pack
from tasks.seasons import deployed_seasons
from tasks.unit_packages import package_for, unit_packages, waited
from tasks.web_session import Visitor

router = APIRouter(include_in_schema=False)
_CASE = re.compile(r"case-[0-9]{1,12}")
_KINDS = {kind.value: said for kind, said in CHINESE.items() if kind is not FindingKind.EXTRA}
_WORDS = {
    "said_event": said_event,
    "kinds": _KINDS,
    "directions": DIRECTIONS_CHINESE,
    "outcomes": OUTCOMES_CHINESE,
    "found_words": CHINESE,
    "state_words": STATES_CHINESE,
    "custody_words": {state.value: chinese(state) for state in Custody},
}


@router.get("/packages")
def packages(request: Request, visitor: Looker) -> Response:
    """Show what concerns the visitor's unit."""
    tree = current_reference().tree
    found, now = unit_packages(visitor.unit, tree), now_in_shanghai()
    groups = (
        ("待接收 · on their way here", found.expected),
        ("在本单位 · here", found.here),
        ("下级单位 · below", found.below),
    )
    content = {"visitor": visitor, "unit": tree.said(visitor.unit), "groups": groups}
    content["tracking"] = _tracking(visitor.unit)
    said = {"said": lambda one: _place(one, tree), "waited": lambda one: waited(one, now)}
    return page(request, "packages", content | said)


@router.post("/packages/signed")
def signed(
    request: Request, visitor: Confirmer, codes: Annotated[str, Form(max_length=8000)] = ""
) -> Response:
    """Enter the lines of a signed paper list: each by itself, what is wrong with one stops none (N9)."""
    told = [_signed(line, visitor) for line in codes.split()]
    return page(request, "signed", {"visitor": visitor, "told": told})


def _signed(code: str, visitor: Visitor) -> tuple[str, str]:
    """Return what became of one line: an outcome, and what to say of it."""
    reference, at = current_reference(), now_in_shanghai()
    try:
        pack = season_pack(show_package(code)["season"])
        (done,) = sign([code], visitor.unit, at, visitor.name, reference, pack)
    except BiyeError as refusal:
        return "refused", refusal.text()
    return done.outcome.value, done.sentence


@router.get("/packages/{code}")
def package(request: Request, code: str, visitor: Looker) -> Response:
    """Show one package with its history; outside the visitor's scope there is none."""
    tree = current_reference().tree
    try:
        found = package_for(code, visitor.unit, tree)
    except Refused:
        raise HTTPException(404) from None
    route = [tree.said(stop) for stop in tree.route(found["centre"])]
    here = visitor.may(Act.CONFIRM) and found["holder"] == visitor.unit != HQ
    content = {"visitor": visitor, "found": found, "place": _place(found, tree), "route": route}
    content |= {"inside": package_contents(code), "checked_here": here and found["custody"] != "in-transit"}
    return page(request, "package", content | _WORDS)


@router.post("/packages/{code}/check")
async def check(request: Request, code: str, visitor: Confirmer) -> Response:
    """Note what the holder found, certificate by certificate; the sender sees it at once (R2)."""
    form = await request.form()
    said = {name: str(value).strip() for name, value in form.items()}
    try:
        await run_in_threadpool(_check, code, said, visitor)
    except BiyeError as refusal:
        return page(request, "refused", {"visitor": visitor, "said": str(refusal).splitlines()}, 409)
    return RedirectResponse(f"/packages/{code}", 303)


def _check(code: str, said: dict[str, str], visitor: Visitor) -> None:
    """said: `case-ID` → kind of finding, empty where all is right; `extra`: numbers too many."""
    reference = current_reference()
    package_for(code, visitor.unit, reference.tree)
    kinds = {int(name[5:]): kind for name, kind in said.items() if _CASE.fullmatch(name) and kind in _KINDS}
    numbers = numbers_of(code, kinds)
    named = {kind: [numbers[one] for one in numbers if kinds[one] == kind] for kind in FindingKind}
    named[FindingKind.EXTRA] = said.get("extra", "").split()
    check_package(code, visitor.unit, named, now_in_shanghai(), visitor.name, reference)


def _tracking(unit: str) -> str:
    """Return how a unit confirms transfers in the latest season, in words (N9)."""
    seasons = deployed_seasons()
    return (
        CHINESE_TRACKING[tracking_of(season_pack(seasons[-1]), current_reference(), unit)] if seasons else ""
    )


def _place(found: dict[str, str], tree: Tree) -> str:
    return chinese_place(Place(Custody(found["custody"]), found["holder"], found["expected"]), tree)
