"""What registry and certificate say about the graduates of a lot, read once from the same rows (T4, R2)."""

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

import rules.refusals_registration  # noqa: F401  registers its codes
from models.bulk import read_frame
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.keys import decrypt_ids
from models.student import Student
from rules.majors import bare_direction
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack

_CASES, _STUDENTS, _SHEETS = table_of(Case), table_of(Student), table_of(CertificateSheet)
_COLUMNS = (
    _CASES.c.id.label("case_id"),
    _CASES.c.branch,
    _CASES.c.certificate,
    _CASES.c.certificate_submission,
    _CASES.c.photo_submission,
    _CASES.c.photo_member,
    _CASES.c.study_from,
    _CASES.c.study_to,
    _SHEETS.c.number,
    _STUDENTS.c.exam_no,
    _STUDENTS.c.name,
    _STUDENTS.c.sex,
    _STUDENTS.c.birth_date,
    _STUDENTS.c.id_cipher,
    _STUDENTS.c.level,
    _STUDENTS.c.programme_code,
    _STUDENTS.c.direction,
    _STUDENTS.c.entry_term,
)


def graduates(db: Connection, where: ColumnElement[bool], pack: Pack, reference: Reference) -> pd.DataFrame:
    """Return the cases that `where` (on graduation_case) selects, in FIFO order (N3).

    One not yet numbered has no number. Columns: those that `registry_fields` and `print_certificates` take,
    with id_cipher in place of the ID number, and branch, certificate, certificate_submission,
    photo_submission, photo_member.
    Raises Refused reference-no-programme when the reference data lacks a graduate's programme.
    """
    wanted = (
        select(*_COLUMNS)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .where(where)
        .order_by(_CASES.c.order_at, _CASES.c.order_receipt, _CASES.c.order_row, _CASES.c.id)
    )
    frame = read_frame(db, wanted)
    _add_programme(frame, reference)
    _add_school(frame, pack)
    for name in ("study_from", "study_to"):
        frame[name] = [f"{day:%Y%m}" if day else None for day in frame[name]]
    return frame


def with_id_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the ID number in the clear, for the registry's package alone."""
    return frame.assign(id_number=decrypt_ids(frame["id_cipher"]))


def _add_programme(frame: pd.DataFrame, reference: Reference) -> None:
    """Name and school years by code and direction; a programme without directions has one entry."""
    columns = [reference.programmes[name].tolist() for name in ("code", "direction", "name", "school_years")]
    known = {
        (str(code), bare_direction(str(direction))): (str(name), str(direction), float(years))
        for code, direction, name, years in zip(*columns, strict=True)
    }
    found = [_programme(known, *key) for key in zip(frame["programme_code"], frame["direction"], strict=True)]
    for place, name in enumerate(("programme_name", "direction", "school_years")):
        frame[name] = pd.Series([entry[place] for entry in found], index=frame.index, dtype=object)
    frame["programme"] = frame["programme_name"]


def _programme(
    known: dict[tuple[str, str], tuple[str, str, float]], code: str, direction: str
) -> tuple[str, str, float]:
    entry = known.get((code, bare_direction(direction)))
    if entry:
        return entry
    if (code, "") in known:
        name, _, years = known[code, ""]
        return name, bare_direction(direction), years
    raise Refused("reference-no-programme", programme=code, direction=direction)


def _add_school(frame: pd.DataFrame, pack: Pack) -> None:
    names = {term: pack.school.name_for(term) for term in _distinct(frame["entry_term"])}
    frame["school_name"] = frame["entry_term"].map(names)
    said = {
        "school_code": pack.school.registry_code,
        "principal": pack.school.principal,
        "study_form": pack.school.study_form,
        "conclusion": pack.school.conclusion,
        "graduation_date": pack.graduation_date,
        "issue_date": pack.issue_date,
    }
    for name, value in said.items():
        frame[name] = pd.Series([value] * len(frame), index=frame.index, dtype=object)


def _distinct(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(terms))
