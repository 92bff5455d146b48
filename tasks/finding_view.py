"""What checks of packages found, for sender, finder and HQ (R2). Numbers are masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.package_check import CheckFinding, PackageCheck
from rules.identity import mask_id

_CHECKS, _FINDINGS, _PACKAGES = table_of(PackageCheck), table_of(CheckFinding), table_of(Package)


@dataclass(frozen=True)
class FindingSeen:
    """One finding. number: masked; by: who found it; sender: who had the package before; owner: who acts."""

    finding: int
    package: str
    season: str
    number: str
    kind: str
    by: str
    sender: str
    owner: str
    state: str
    since: datetime
    settled_at: datetime | None
    settled_by: str


def findings(season: str = "", unit: str = "", state: str = "") -> list[FindingSeen]:
    """Return findings in the order made; unit: whose they are as owner, sender or finder. Empty: all."""
    wanted = _wanted()
    wanted = wanted.where(_PACKAGES.c.season == season) if season else wanted
    wanted = wanted.where(_FINDINGS.c.state == state) if state else wanted
    if unit:
        whose = (_FINDINGS.c.owner, _FINDINGS.c.sender, _CHECKS.c.organisation)
        wanted = wanted.where(or_(*(column == unit for column in whose)))
    with reading() as db:
        return _read(db, wanted)


def checks_of(db: Connection, package_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the checks and findings of one package, oldest first."""
    names = ("organisation", "expected", "found", "checked_at", "actor")
    wanted = select(*(_CHECKS.c[name] for name in names)).where(_CHECKS.c.package_id == package_id)
    checks = [dict(row) for row in db.execute(wanted.order_by(_CHECKS.c.id)).mappings()]
    found = _read(db, _wanted().where(_FINDINGS.c.package_id == package_id))
    return {"checks": checks, "findings": [vars(one) for one in found]}


def _wanted() -> Any:
    same = [_FINDINGS.c[n] for n in FindingSeen.__dataclass_fields__ if n in _FINDINGS.c]
    named = (_FINDINGS.c.id.label("finding"), _PACKAGES.c.code.label("package"), _PACKAGES.c.season)
    return (
        select(*named, _CHECKS.c.organisation.label("by"), *same)
        .join_from(_FINDINGS, _CHECKS, _CHECKS.c.id == _FINDINGS.c.check_id)
        .join(_PACKAGES, _PACKAGES.c.id == _FINDINGS.c.package_id)
        .order_by(_FINDINGS.c.id)
    )


def _read(db: Connection, wanted: Any) -> list[FindingSeen]:
    rows = db.execute(wanted).mappings()
    return [FindingSeen(**{**row, "number": mask_id(row["number"])}) for row in rows]
