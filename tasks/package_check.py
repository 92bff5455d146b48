"""Check a package on arrival, and follow what was found until it is settled (R2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.event import record
from models.package_check import CheckFinding, PackageCheck
from rules.custody import AT_LEVEL, Tree
from rules.holds import HAND_OVER, Wanted
from rules.identity import mask_id
from rules.package_check import WRONG_NAME, FindingKind, FindingState, findings_of, owner_of
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.states import Custody
from tasks.certificate_named import certificate_named
from tasks.custody import find_package
from tasks.hold import place, release
from tasks.repack import take_out, unpack
from tasks.track import move

_CASES, _SHEETS, _PACKAGES = table_of(Case), table_of(CertificateSheet), table_of(Package)
_CHECKS, _FINDINGS = table_of(PackageCheck), table_of(CheckFinding)
_MOVED = {FindingKind.MISSING: Custody.LOST, FindingKind.DAMAGED: Custody.DAMAGED}
Named = Mapping[FindingKind, Collection[str]]


@dataclass(frozen=True)
class Checked:
    """One check: how many certificates were expected and found, and how many findings are new, by kind."""

    package: str
    by: str
    sender: str
    expected: int
    found: int
    new: dict[str, int]


def check_package(
    code_or_link: str, by_org: str, named: Named, at: datetime, actor: str, reference: Reference
) -> Checked:
    """Note what a package's holder found in it. named: certificate numbers by kind; none: all is right.

    What is missing or damaged leaves the package's way, a wrong name stops the hand-over; the sender sees it
    at once. A finding that is open already is not made twice. Raises Refused label-…, N9-…, R2-check-….
    """
    tree = reference.tree
    with transaction() as db:
        package = find_package(db, code_or_link)
        _check_place(package, tree.known(by_org), at)
        inside = _inside(db, package.id)
        kinds = findings_of(package.code, inside, named)
        lying = sum(row.custody == package.custody for row in inside.values())
        gone = [n for n, kind in kinds.items() if kind is FindingKind.MISSING and _lies(inside[n], package)]
        extra = sum(kind is FindingKind.EXTRA for kind in kinds.values())
        counts = {"expected": lying, "found": lying - len(gone) + extra}
        new = _new(db, package.id, kinds)
        sender = _sender(tree, package, by_org)
        if new or not kinds:
            check_id = _keep_check(db, package.id, by_org, counts, at, actor)
            _keep_findings(db, check_id, package, new, inside, sender, at)
            _follow(db, package, new, inside, at, actor)
    totals = {kind.value: list(new.values()).count(kind) for kind in FindingKind}
    return Checked(package.code, by_org, sender, **counts, new=totals)


def _check_place(package: Row[Any], by_org: str, at: datetime) -> None:
    here = package.custody in AT_LEVEL.values() and package.holder == by_org != HQ
    if not here:
        raise Refused("R2-check-not-here", package=package.code, by=by_org)
    if at < package.held_since:
        raise Refused("N9-earlier", package=package.code, at=at, since=package.held_since)


def _inside(db: Connection, package_id: int) -> dict[str, Row[Any]]:
    wanted = select(_SHEETS.c.number, _SHEETS.c.case_id, _CASES.c.custody)
    joined = wanted.join_from(_SHEETS, _CASES, _CASES.c.id == _SHEETS.c.case_id)
    rows = db.execute(joined.where(_SHEETS.c.package_id == package_id).order_by(_SHEETS.c.number))
    return {row.number: row for row in rows}


def _lies(row: Row[Any], package: Row[Any]) -> bool:
    return bool(row.custody == package.custody)


def _new(db: Connection, package_id: int, kinds: dict[str, FindingKind]) -> dict[str, FindingKind]:
    same = (_FINDINGS.c.package_id == package_id, _FINDINGS.c.state == FindingState.OPEN.value)
    known = {(row.number, row.kind) for row in db.execute(select(_FINDINGS).where(*same))}
    return {number: kind for number, kind in sorted(kinds.items()) if (number, kind.value) not in known}


def _sender(tree: Tree, package: Row[Any], by_org: str) -> str:
    stops = tree.route(package.centre)
    return stops[stops.index(by_org) - 1] if by_org in stops[1:] else HQ


def _keep_check(
    db: Connection, package_id: int, by_org: str, counts: dict[str, int], at: datetime, actor: str
) -> int:
    row = {"package_id": package_id, "organisation": by_org, "checked_at": at, "actor": actor, **counts}
    record(db, f"package:{package_id}", "checked", at, actor=actor, by=by_org, counts=counts)
    return int(db.execute(insert(_CHECKS).values(**row).returning(_CHECKS.c.id)).scalar_one())


def _keep_findings(
    db: Connection,
    check_id: int,
    package: Row[Any],
    new: dict[str, FindingKind],
    inside: dict[str, Row[Any]],
    sender: str,
    at: datetime,
) -> None:
    same = {"check_id": check_id, "package_id": package.id, "sender": sender, "since": at}
    for number, kind in new.items():
        case_id = inside[number].case_id if number in inside else _case_of(db, number)
        found = {"number": number, "case_id": case_id, "kind": kind.value, "owner": owner_of(kind, sender)}
        db.execute(insert(_FINDINGS).values(**same, **found, state=FindingState.OPEN.value, settled_by=""))


def _case_of(db: Connection, number: str) -> int | None:
    return db.scalar(select(_SHEETS.c.case_id).where(_SHEETS.c.number == number))


def _follow(
    db: Connection,
    package: Row[Any],
    new: dict[str, FindingKind],
    inside: dict[str, Row[Any]],
    at: datetime,
    actor: str,
) -> None:
    """Move what is missing or damaged, and stop the hand-over of what bears a wrong name."""
    stream = f"package:{package.id}"
    for kind, target in _MOVED.items():
        ids = [inside[number].case_id for number, one in new.items() if one is kind]
        lying = _CASES.c.id.in_(ids) & (_CASES.c.custody == package.custody)
        move(db, target, lying, stream=stream, as_of=at, actor=actor)
    wrong = [inside[number].case_id for number, one in new.items() if one is FindingKind.WRONG_NAME]
    place(db, [Wanted(case_id, HAND_OVER, WRONG_NAME, "N5", HQ) for case_id in wrong], stream, at)


def note_found(named: str, by_org: str, at: datetime, actor: str, season: str = "") -> str:
    """Note that a missing certificate was found, and return its number masked.

    Whoever holds its package puts it back there; HQ (010) packs it anew. HQ also says so of a name that is
    right after all. Raises Refused sheet-unknown, R2-not-missing, R2-found-elsewhere.
    """
    with transaction() as db:
        case = certificate_named(db, named, season)
        number = mask_id(case.number)
        kinds = _open_kinds(db, case.id)
        if case.custody == Custody.LOST:
            _put_back(db, case, by_org, number, at, actor)
        elif by_org == HQ and FindingKind.WRONG_NAME in kinds:
            release(db, [case.id], HAND_OVER, WRONG_NAME, stream=f"lot:{case.lot_id}", as_of=at)
        else:
            raise Refused("R2-not-missing", number=number)
        _settle(db, case.id, FindingState.FOUND, at, actor)
    return number


def _open_kinds(db: Connection, case_id: int) -> set[str]:
    return set(db.scalars(select(_FINDINGS.c.kind).where(*_open(case_id))))


def _open(case_id: int) -> tuple[Any, ...]:
    return _FINDINGS.c.case_id == case_id, _FINDINGS.c.state == FindingState.OPEN.value


def _put_back(db: Connection, case: Row[Any], by_org: str, number: str, at: datetime, actor: str) -> None:
    if by_org == HQ:
        unpack(db, [case.id], f"lot:{case.lot_id}", at, actor)
        return
    package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == case.package_id)).one()
    if package.holder != by_org or package.custody not in AT_LEVEL.values():
        holder = package.expected or package.holder
        raise Refused("R2-found-elsewhere", number=number, package=package.code, holder=holder)
    stream = f"package:{package.id}"
    move(db, Custody(package.custody), _CASES.c.id == case.id, stream=stream, as_of=at, actor=actor)


def note_returned(named: str, by: str, at: datetime, season: str = "") -> str:
    """Note that a damaged certificate came back to HQ, and return its number masked; then it is spoiled.

    Raises Refused sheet-unknown, R2-not-damaged.
    """
    with transaction() as db:
        case = certificate_named(db, named, season)
        if case.custody != Custody.DAMAGED:
            raise Refused("R2-not-damaged", number=mask_id(case.number))
        take_out(db, [case.id], at, by)
        move(db, Custody.RETURNED, _CASES.c.id == case.id, stream=f"lot:{case.lot_id}", as_of=at, actor=by)
    return mask_id(case.number)


def _settle(db: Connection, case_id: int, state: FindingState, at: datetime, actor: str) -> None:
    settled = {"state": state.value, "settled_at": at, "settled_by": actor}
    db.execute(update(_FINDINGS).where(*_open(case_id)).values(**settled))
