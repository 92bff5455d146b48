"""A labelled stand-in for the ministry's registry CHSI: it answers each uploaded package with a file."""

import csv
import io

from sqlalchemy import select

from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading

PACKAGES, ROWS = table_of(RegistryPackage), table_of(RegistryRow)


def unanswered_packages(season: str) -> list[int]:
    """Return the packages that were uploaded and have rows without an answer."""
    wanted = (
        select(PACKAGES.c.id)
        .distinct()
        .join(ROWS, ROWS.c.package_id == PACKAGES.c.id)
        .where(PACKAGES.c.season == season, PACKAGES.c.sent_at.is_not(None), ROWS.c.result == "")
    )
    with reading() as db:
        return sorted(db.execute(wanted).scalars())


def receipt_for(package_id: int) -> bytes:
    """Return the stand-in's answer to a package: every number accepted (an empty reason).

    It names the package, so that no answer to two packages has the same bytes.
    """
    with reading() as db:
        numbers = db.execute(select(ROWS.c.number).where(ROWS.c.package_id == package_id)).scalars().all()
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(("ZSBH", "BZ", "PCH"))
    lines.writerows((number, "", package_id) for number in sorted(numbers))
    return written.getvalue().encode()
