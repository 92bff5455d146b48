"""What is printed for a lot's packages: labels with QR codes, and lists to sign (N9)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Row, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.settings import settings
from models.student import Student
from rules.custody import Tree
from rules.labels import label_link
from rules.reference import HQ, Reference
from rules.season import Pack
from tasks.fonts import font_chain
from tasks.graduate import graduates
from tasks.label_pdf import label_sheet
from tasks.packing_list import Parcel, packing_lists

CASE, CERTIFICATE = table_of(Case), table_of(CertificateSheet)
PACKAGE, STUDENT = table_of(Package), table_of(Student)


@dataclass(frozen=True)
class PackageSheets:
    """Two PDFs: labels to stick on, and lists to sign; `lists` holds names and numbers of students."""

    labels: bytes
    lists: bytes


def labels_and_lists(
    lot_id: int, pack: Pack, reference: Reference, only: Collection[int] | None = None
) -> PackageSheets | None:
    """Return labels and packing lists of a lot's packages, in the order packed; None if it has none.

    only: ids of the packages wanted; default all. Printed again, the same packages give the same labels.
    """
    packages, contents = _read(lot_id, pack, reference)
    packages = [package for package in packages if only is None or package.id in only]
    if not packages:
        return None
    tree, fonts, contact = reference.tree, font_chain(), _contact(pack)
    labels = pd.DataFrame([_label(package, tree) for package in packages])
    of_package = dict(iter(contents.groupby("package_id")))
    lists = [(_parcel(package, tree, contact), of_package[package.id]) for package in packages]
    return PackageSheets(label_sheet(labels, fonts, contact), packing_lists(lists, fonts))


def _read(lot_id: int, pack: Pack, reference: Reference) -> tuple[list[Row[Any]], pd.DataFrame]:
    """Return a lot's packages, and what is in them: what the certificates say, and the student number."""
    inside = (
        select(CERTIFICATE.c.package_id, CERTIFICATE.c.case_id, STUDENT.c.student_no)
        .join(CASE, CASE.c.id == CERTIFICATE.c.case_id)
        .join(STUDENT, STUDENT.c.id == CASE.c.student_id)
        .join(PACKAGE, PACKAGE.c.id == CERTIFICATE.c.package_id)
        .where(PACKAGE.c.lot_id == lot_id)
        .order_by(CERTIFICATE.c.allocated_at, CERTIFICATE.c.position)
    )
    with reading() as db:
        packages = db.execute(select(PACKAGE).where(PACKAGE.c.lot_id == lot_id).order_by(PACKAGE.c.id)).all()
        found = pd.DataFrame(db.execute(inside).all(), columns=["package_id", "case_id", "student_no"])
        printed = graduates(
            db, CASE.c.id.in_(inside.with_only_columns(CERTIFICATE.c.case_id).order_by(None)), pack, reference
        )
    return list(packages), found.merge(printed, on="case_id", validate="one_to_one")


def _label(package: Row[Any], tree: Tree) -> dict[str, object]:
    return {
        "link": label_link(settings().label_base_url, package.token),
        "code": package.code,
        "from_name": tree.names[HQ],
        "to_name": destination(package.centre, tree),
        "count": package.certificates,
        "season": package.season,
        "batch": package.batch,
    }


def _parcel(package: Row[Any], tree: Tree, contact: str) -> Parcel:
    to_name = destination(package.centre, tree)
    return Parcel(package.code, package.season, package.batch, tree.names[HQ], to_name, contact)


def destination(centre: str, tree: Tree) -> str:
    """Name every stop after HQ: whoever holds the package reads where it goes next."""
    return " → ".join(tree.names[stop] for stop in tree.route(centre)[1:])


def _contact(pack: Pack) -> str:
    return f"{pack.contacts.office} {pack.contacts.telephone}"
