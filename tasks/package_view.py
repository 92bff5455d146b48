"""Where packages are, for people: one with its history, or many (N9). No personal data but names of staff."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package, Scan
from models.database import reading
from models.event import Event
from rules.refusals import Refused
from tasks.custody import package_named
from tasks.finding_view import checks_of

CASE, CERTIFICATE, EVENT = table_of(Case), table_of(CertificateSheet), table_of(Event)
PACKAGE, SCAN = table_of(Package), table_of(Scan)
# The token is left out: it is the label's secret.
SHOWN = (
    "code",
    "season",
    "batch",
    "lot_id",
    "branch",
    "centre",
    "certificates",
    "custody",
    "holder",
    "expected",
)
TIMES = ("packed_at", "dispatched_at", "held_since")

Found = dict[str, Any]


def show_package(code_or_link: str) -> Found:
    """Return a package with the places of its certificates, its events and scans, oldest first.

    Raises Refused label-… and N9-unknown-package.
    """
    with reading() as db:
        package = db.execute(package_named(code_or_link)).mappings().one_or_none()
        if package is None:
            raise Refused("N9-unknown-package", value=code_or_link)
        found: Found = {name: package[name] for name in (*SHOWN, *TIMES)}
        return found | {
            "places": _places(db, package["id"]),
            "events": _events(db, package["id"]),
            "scans": _scans(db, package["id"]),
            **checks_of(db, package["id"]),
        }


def list_packages(
    season: str = "", holder: str = "", custody: str = "", batch: int | None = None
) -> list[Found]:
    """Return packages in the order packed; an empty filter takes all."""
    wanted = select(*(PACKAGE.c[name] for name in (*SHOWN, *TIMES))).order_by(PACKAGE.c.id)
    filters = {"season": season, "holder": holder, "custody": custody}
    given: Found = {name: value for name, value in filters.items() if value}
    given |= {} if batch is None else {"batch": batch}
    with reading() as db:
        return [dict(row) for row in db.execute(wanted.filter_by(**given)).mappings()]


def sightings(since: datetime, until: datetime) -> list[Found]:
    """Return the sightings of a time, since ≤ t < until: what sender and expected unit must be told."""
    said = (SCAN.c.organisation, SCAN.c.direction, SCAN.c.occurred_at, SCAN.c.actor)
    where = (PACKAGE.c.code, PACKAGE.c.custody, PACKAGE.c.holder, PACKAGE.c.expected)
    wanted = select(*said, *where).join(PACKAGE, PACKAGE.c.id == SCAN.c.package_id)
    within = (SCAN.c.outcome == "sighting", SCAN.c.occurred_at >= since, SCAN.c.occurred_at < until)
    with reading() as db:
        return [dict(row) for row in db.execute(wanted.where(*within).order_by(SCAN.c.id)).mappings()]


def _places(db: Connection, package_id: int) -> dict[str, int]:
    counted = (
        select(CASE.c.custody, func.count())
        .join(CERTIFICATE, CERTIFICATE.c.case_id == CASE.c.id)
        .where(CERTIFICATE.c.package_id == package_id)
        .group_by(CASE.c.custody)
        .order_by(CASE.c.custody)
    )
    return {row.custody: row[1] for row in db.execute(counted)}


def _events(db: Connection, package_id: int) -> list[Found]:
    said = (EVENT.c.seq, EVENT.c.kind, EVENT.c.count, EVENT.c.actor, EVENT.c.occurred_at, EVENT.c.recorded_at)
    wanted = select(*said).where(EVENT.c.stream == f"package:{package_id}").order_by(EVENT.c.seq)
    return [dict(row) for row in db.execute(wanted).mappings()]


def _scans(db: Connection, package_id: int) -> list[Found]:
    names = ("organisation", "direction", "outcome", "tracking", "occurred_at", "actor")
    wanted = (
        select(*(SCAN.c[name] for name in names)).where(SCAN.c.package_id == package_id).order_by(SCAN.c.id)
    )
    return [dict(row) for row in db.execute(wanted).mappings()]
