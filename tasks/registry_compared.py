"""Certificates compared with what was exported to the registry, field by field, before they are printed (R2).

All are compared by digest; the exported table is read only for those that differ, to name the fields.
"""

import zipfile
from io import BytesIO

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from models.archive import fetch
from models.bulk import among, read_frame
from models.case import Case
from models.certificate import PackageContent, RegistryPackage, RegistryRow
from models.columns import table_of
from rules.registry_fields import KEY, PHOTO, as_registered, differences, field_digests, named_fields
from tasks.dbf import read_dbf
from tasks.registry_due import latest_row
from tasks.registry_package import TABLE

_CASES, _PACKAGES, _ROWS = table_of(Case), table_of(RegistryPackage), table_of(RegistryRow)
_COLUMNS = ["case_id", "digest", "photo_submission", "photo_member", "content", "result"]


def exported_rows(db: Connection, where: ColumnElement[bool]) -> pd.DataFrame:
    """Return what the registry was last sent about the cases that `where` selects, by case_id.

    Columns: digest, photo_submission, photo_member, photo_unsent (bool: it has none yet: none was sent, or
    one that was sent later is not accepted).
    """
    columns = [_PACKAGES.c.content if name == "content" else _ROWS.c[name] for name in _COLUMNS]
    wanted = (
        select(*columns)
        .join_from(_ROWS, _CASES, _CASES.c.id == _ROWS.c.case_id)
        .join(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
        .where(where, latest_row())
    )
    rows = read_frame(db, wanted).set_index("case_id")
    later = (rows["content"] == PackageContent.PHOTOS) & (rows["result"] != "accepted")
    return rows.assign(photo_unsent=rows["photo_submission"].isna() | later)


def differing_fields(db: Connection, cases: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return the fields in which certificates and exported rows disagree, named, by the cases' index.

    cases: as `graduates` gives them, with certificate data. rows: as exported_rows, aligned with the cases or
    more. A case that agrees or was not exported is left out. A graduate registered without photo does not
    disagree: the photo goes after (N7).
    """
    rows = rows.loc[cases.index]
    exported = rows["digest"].notna()
    fields = exported & (rows["digest"] != field_digests(as_registered(cases)))
    photo = exported & rows["photo_submission"].notna() & ~_same_photo(cases, rows)
    differing = cases[fields | photo]
    found = _differences(db, cases[fields])
    by_number = found.groupby("number")["field"].agg(list).to_dict()
    named = [
        named_fields([*by_number.get(number, ()), *([PHOTO] if other else ())])
        for number, other in zip(differing["number"], photo[differing.index], strict=True)
    ]
    return pd.Series(named, index=differing.index, dtype=object)


def _same_photo(cases: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    same_file = cases["photo_submission"] == rows["photo_submission"]
    return same_file & (cases["photo_member"] == rows["photo_member"])


def _differences(db: Connection, cases: pd.DataFrame) -> pd.DataFrame:
    """Return number and field of each difference from the tables that were exported."""
    concerned = among(db, _ROWS.c.case_id, cases["case_id"].tolist())
    last = (
        select(func.max(_ROWS.c.package_id))
        .join(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
        .where(_PACKAGES.c.content == PackageContent.GRADUATES, concerned)
        .group_by(_ROWS.c.case_id)
    )
    archived = select(_PACKAGES.c.archived).where(_PACKAGES.c.id.in_(last)).order_by(_PACKAGES.c.id)
    tables = [_table_of(digest) for digest in db.scalars(archived)]
    if not tables:
        return pd.DataFrame(columns=["number", "field"], dtype=str)
    exported = pd.concat(tables).drop_duplicates(KEY, keep="last")
    return differences(cases, exported[exported[KEY].isin(cases["number"])])


def _table_of(digest: str) -> pd.DataFrame:
    with zipfile.ZipFile(BytesIO(fetch(digest))) as package:
        return read_dbf(package.read(TABLE))
