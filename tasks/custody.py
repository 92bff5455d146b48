"""Move packages of certificates from unit to unit, by dispatch and by scans of their labels (N9, R2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package, Scan
from models.database import reading, transaction
from models.event import record
from rules.custody import Direction, Outcome, Place, Tree, judge_scan
from rules.custody_sentences import ScanFacts, chinese_sentence, english_sentence
from rules.labels import read_scan
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Custody
from rules.tracking import Tracking, check_paper
from tasks.hold import held
from tasks.promise import package_moved
from tasks.track import move

CASE, CERTIFICATE = table_of(Case), table_of(CertificateSheet)
PACKAGE, SCAN = table_of(Package), table_of(Scan)


@dataclass(frozen=True)
class ScanResult:
    """What one scan led to; `sentence` and `sentence_en` are for the person who scanned."""

    package_id: int
    code: str
    certificates: int
    outcome: Outcome
    custody: Custody
    holder: str
    expected: str | None
    sentence: str
    sentence_en: str


@dataclass(frozen=True)
class Sent:
    """How a scan came over a network: the nonce by which it counts once, and from which device."""

    nonce: str | None = None
    device: str = ""


def dispatch_lot(lot_id: int, as_of: datetime, reference: Reference, actor: str = "biye") -> list[int]:
    """Send a lot's packages from HQ on their way and return the ids of those that left, in the order packed.

    A package with a certificate that has since been held stays; run again, only what can leave now does.
    """
    tree = reference.tree
    with transaction() as db:
        leaving = _leaving(db, lot_id)
        for package in leaving:
            _, place = judge_scan(place_of(package), package.centre, HQ, Direction.OUT, tree)
            _move(db, package, place, as_of, actor)
        return [package.id for package in leaving]


def leaving_packages(lot_id: int) -> list[int]:
    """Return the packages of a lot that can leave HQ now, in the order packed."""
    with reading() as db:
        return [package.id for package in _leaving(db, lot_id)]


def _leaving(db: Connection, lot_id: int) -> list[Row[Any]]:
    wanted = select(PACKAGE).where(PACKAGE.c.lot_id == lot_id, PACKAGE.c.custody == Custody.AT_HQ)
    packages = db.execute(wanted.order_by(PACKAGE.c.id).with_for_update()).all()
    return [package for package in packages if package.certificates and not _held(db, package.id)]


def scan(
    code_or_link: str,
    by_org: str,
    out: bool,
    at: datetime,
    actor: str,
    reference: Reference,
    tracking: Tracking = Tracking.SCAN,
    sent: Sent = Sent(),
) -> ScanResult:
    """Record a scan of a package's label by an organisation: it came in, or with `out` it goes on.

    The expected unit moves the package and all certificates in it. A repeat changes nothing and says so; a
    scan by anybody else is a sighting and moves nothing. tracking: paper for a line of a signed list. sent:
    a scan with a nonce that is known already is answered again and not kept again.
    Raises Refused label-…, N9-…, R2-dispatch-held.
    """
    tree, direction = reference.tree, Direction.OUT if out else Direction.IN
    with transaction() as db:
        package = find_package(db, code_or_link)
        if known := _known_scan(db, sent.nonce):
            return _said_again(package, known, tree)
        outcome, place = judge_scan(place_of(package), package.centre, by_org, direction, tree)
        if outcome is Outcome.MOVED:
            _check_move(db, package, at)
            _move(db, package, place, at, actor, tracking=tracking.value)
        else:
            kind = "sighted" if outcome is Outcome.SIGHTING else "scan-repeated"
            record(db, f"package:{package.id}", kind, at, actor=actor, by=by_org, direction=direction.value)
        said = {"direction": direction, "outcome": outcome, "tracking": tracking}
        _keep_scan(db, package.id, by_org, said, at, actor, sent)
    counted = (package.code, package.certificates, package.centre)
    facts = ScanFacts(*counted, by_org, direction, outcome, place, package.held_since)
    return _result(package.id, facts, tree)


def note_sighting(db: Connection, package: Row[Any], by_org: str, at: datetime, actor: str) -> None:
    """Note that a package was seen with a unit that is not expected to have it (N9, N5); nothing moves."""
    direction = Direction.IN
    record(db, f"package:{package.id}", "sighted", at, actor=actor, by=by_org, direction=direction.value)
    said = {"direction": direction, "outcome": Outcome.SIGHTING, "tracking": Tracking.SCAN}
    _keep_scan(db, package.id, by_org, said, at, actor)


def place_of(package: Row[Any]) -> Place:
    """Return where a package's row says that it is."""
    return Place(Custody(package.custody), package.holder, package.expected)


def package_named(code_or_link: str) -> Select[Any]:
    """Return the query for a package by typed code or scanned link; Refused label-… if it is neither."""
    read = read_scan(code_or_link)
    return select(PACKAGE).where(PACKAGE.c[read.kind] == read.value)


def find_package(db: Connection, code_or_link: str) -> Row[Any]:
    """Return a package by typed code or scanned link, locked; Refused label-…, N9-unknown-package."""
    found = db.execute(package_named(code_or_link).with_for_update()).one_or_none()
    if found is None:
        raise Refused("N9-unknown-package", value=code_or_link)
    return found


def _held(db: Connection, package_id: int) -> int:
    """Count the certificates of a package that must not be dispatched."""
    inside = CASE.c.id.in_(_inside(package_id))
    return int(db.scalar(select(func.count()).select_from(CASE).where(inside, held("dispatch"))) or 0)


def _inside(package_id: int) -> Select[Any]:
    return select(CERTIFICATE.c.case_id).where(CERTIFICATE.c.package_id == package_id)


def _check_move(db: Connection, package: Row[Any], at: datetime) -> None:
    if at < package.held_since:
        raise Refused("N9-earlier", package=package.code, at=at, since=package.held_since)
    if package.custody == Custody.AT_HQ and (count := _held(db, package.id)):
        raise Refused("R2-dispatch-held", package=package.code, count=count)


def sign(
    codes: Iterable[str], by_org: str, at: datetime, actor: str, reference: Reference, pack: Pack
) -> list[ScanResult]:
    """Enter the lines of a signed paper list (签收表): these packages reached the unit (N9).

    One line is as good as one scan, and a wrong one moves nothing either. Raises Refused as `scan` does, and
    N9-no-paper where the season has no paper fallback.
    """
    check_paper(pack, reference, by_org)
    return [scan(code, by_org, False, at, actor, reference, Tracking.PAPER) for code in codes]


def _move(db: Connection, package: Row[Any], place: Place, at: datetime, actor: str, **data: Any) -> None:
    """Move a package and all certificates that lie in it, with their event."""
    goes: dict[str, Any] = {"holder": place.holder, "expected": place.expected}
    left = {"dispatched_at": at} if package.custody == Custody.AT_HQ else {}
    moved = {"custody": place.custody, "held_since": at, **goes, **left}
    db.execute(update(PACKAGE).where(PACKAGE.c.id == package.id).values(**moved))
    lying = CASE.c.id.in_(_inside(package.id)) & (CASE.c.custody == package.custody)
    move(db, place.custody, lying, stream=f"package:{package.id}", as_of=at, actor=actor, **goes, **data)
    package_moved(db, package.id, place.custody, at)


def _known_scan(db: Connection, nonce: str | None) -> Row[Any] | None:
    return db.execute(select(SCAN).where(SCAN.c.nonce == nonce)).one_or_none() if nonce else None


def _said_again(package: Row[Any], known: Row[Any], tree: Tree) -> ScanResult:
    """Answer a scan that arrived before; where the package went since is told as it is now."""
    if known.package_id != package.id:
        raise Refused("N9-nonce", package=package.code)
    said = Direction(known.direction), Outcome(known.outcome), place_of(package)
    counted = (package.code, package.certificates, package.centre)
    return _result(package.id, ScanFacts(*counted, known.organisation, *said, known.occurred_at), tree)


def _keep_scan(
    db: Connection,
    package_id: int,
    by_org: str,
    said: dict[str, StrEnum],
    at: datetime,
    actor: str,
    sent: Sent = Sent(),
) -> None:
    row = {"package_id": package_id, "organisation": by_org, "actor": actor, **said, **vars(sent)}
    times = {"occurred_at": at, "recorded_at": datetime.now(UTC)}
    db.execute(insert(SCAN).values(**row, **times))


def _result(package_id: int, facts: ScanFacts, tree: Tree) -> ScanResult:
    return ScanResult(
        package_id=package_id,
        code=facts.code,
        certificates=facts.certificates,
        outcome=facts.outcome,
        custody=facts.place.custody,
        holder=facts.place.holder,
        expected=facts.place.expected,
        sentence=chinese_sentence(facts, tree),
        sentence_en=english_sentence(facts),
    )
