"""The packages that concern a unit: on their way to it, with it, and below it in the tree (N9)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true

from models.columns import table_of
from models.custody import Package
from models.database import reading
from rules.accounts import in_scope
from rules.custody import Tree
from rules.reference import HQ
from rules.refusals import Refused
from rules.states import Custody
from tasks.package_view import Found, show_package

_PACKAGES = table_of(Package)
_SHOWN = ("code", "centre", "certificates", "custody", "holder", "expected", "held_since")
_MOST = 500


@dataclass(frozen=True)
class UnitPackages:
    """What a unit sees. expected: on their way to it; here: with it; below: elsewhere in its scope."""

    expected: list[Found]
    here: list[Found]
    below: list[Found]


def unit_packages(unit: str, tree: Tree) -> UnitPackages:
    """Return the packages that concern a unit, the longest unmoved first, at most 500 of each."""
    expected, here = _PACKAGES.c.expected == unit, _lies_with(unit)
    moving = _PACKAGES.c.custody != Custody.HANDED_OVER
    return UnitPackages(
        expected=_found(expected),
        here=_found(and_(here, moving)),
        below=_found(and_(_within(unit, tree), ~here, or_(_PACKAGES.c.expected.is_(None), ~expected))),
    )


def package_for(code_or_link: str, unit: str, tree: Tree) -> Found:
    """Return a package with its history to a unit in whose scope it is; else Refused N9-unknown-package."""
    found = show_package(code_or_link)
    if not (in_scope(unit, found["centre"], tree) or unit in (found["holder"], found["expected"])):
        raise Refused("N9-unknown-package", value=code_or_link)
    return found


def _lies_with(unit: str) -> ColumnElement[bool]:
    return and_(_PACKAGES.c.holder == unit, _PACKAGES.c.custody != Custody.IN_TRANSIT)


def _within(unit: str, tree: Tree) -> ColumnElement[bool]:
    if unit == HQ:
        return true()
    centres = [code for code, level in tree.levels.items() if level == "study-centre"]
    return _PACKAGES.c.centre.in_([code for code in centres if in_scope(unit, code, tree)])


def _found(which: ColumnElement[bool]) -> list[Found]:
    wanted = select(*(_PACKAGES.c[name] for name in _SHOWN)).where(which)
    with reading() as db:
        rows = db.execute(wanted.order_by(_PACKAGES.c.held_since, _PACKAGES.c.id).limit(_MOST)).mappings()
        return [dict(row) for row in rows]


def waited(package: Found, now: datetime) -> int:
    """Return for how many whole days a package has not moved."""
    return int((now - package["held_since"]).days)
