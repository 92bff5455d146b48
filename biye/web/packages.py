"""Packages as a unit sees them: on their way to it, with it, below it; and one with its history (N9)."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from biye.cli.events import said_event
from biye.web.guard import Looker
from biye.web.page import page
from rules.clock import now_in_shanghai
from rules.custody import Place, Tree
from rules.custody_sentences import chinese_place
from rules.refusals import Refused
from rules.states import Custody
from tasks.policy import current_reference
from tasks.unit_packages import package_for, unit_packages, waited

router = APIRouter(include_in_schema=False)


@router.get("/packages")
def packages(request: Request, visitor: Looker) -> Response:
    """Show what concerns the visitor's unit."""
    tree = Tree.of(current_reference().organisations)
    found, now = unit_packages(visitor.unit, tree), now_in_shanghai()
    groups = (
        ("待接收 · on their way here", found.expected),
        ("在本单位 · here", found.here),
        ("下级单位 · below", found.below),
    )
    content = {"visitor": visitor, "unit": tree.said(visitor.unit), "groups": groups}
    said = {"said": lambda one: _place(one, tree), "waited": lambda one: waited(one, now)}
    return page(request, "packages", content | said)


@router.get("/packages/{code}")
def package(request: Request, code: str, visitor: Looker) -> Response:
    """Show one package with its history; outside the visitor's scope there is none."""
    tree = Tree.of(current_reference().organisations)
    try:
        found = package_for(code, visitor.unit, tree)
    except Refused:
        raise HTTPException(404) from None
    route = [tree.said(stop) for stop in tree.route(found["centre"])]
    content = {"visitor": visitor, "found": found, "place": _place(found, tree), "route": route}
    return page(request, "package", content | {"said_event": said_event})


def _place(found: dict[str, str], tree: Tree) -> str:
    return chinese_place(Place(Custody(found["custody"]), found["holder"], found["expected"]), tree)
