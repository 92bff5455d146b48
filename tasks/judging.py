"""Judging a received file: read, check every row against roster and courses, whatever its kind."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from models import archive
from models.bulk import among, read_by, read_rows
from models.certificate import RegistryRow
from models.columns import table_of
from models.keys import index_ids
from models.settings import settings
from models.student import Student
from rules.certificate_data import judge_certificate_data
from rules.cover import judge_cover_estimates
from rules.exemption_rows import ExemptionContext, judge_exemptions
from rules.fast_track import audit_data_judge
from rules.grades import GradeContext, ScoreSheet, judge_grades
from rules.photos import judge_photos, photo_stem
from rules.reference import Reference
from rules.registry_receipt import ReceiptContext, judge_registry_receipt
from rules.roster import RosterJudgeContext, judge_roster
from rules.roster_match import numbers_named
from rules.season import Pack
from rules.submission import Judged, Kind, RosterContext
from rules.urgent_request import judge_urgent_request
from rules.windows import Placement
from tasks.judging_enrolment import judge_extension_file, judge_history_file, judge_withdrawal_answers
from tasks.photo_zip import read_photos
from tasks.read_table import Table, read_table

STUDENTS = table_of(Student)
GRADES = frozenset({Kind.GRADE_HISTORY, Kind.PRACTICE, Kind.FINAL_EXAM})
AUDIT_DATA = frozenset({Kind.AUDIT_DATA, Kind.AUDIT_DATA_FAST_TRACK})
Judge = Callable[[Connection, Any, bytes, Placement, Reference], Judged]


def judge_file(
    db: Connection, submission: Any, placement: Placement, reference: Reference, pack: Pack
) -> Judged:
    """Judge a received file row by row; raises Refused where the whole file must be quarantined.

    submission: a row of `submission`; placement: where its window puts it.
    """
    data = archive.fetch(submission.sha256)
    if submission.kind in AUDIT_DATA:  # what T3 asks of them hangs on the season
        judge = audit_data_judge(pack, submission.kind, submission.received_at, submission.filename)
        return _of_students(judge, db, submission, data, placement, reference)
    return _JUDGES[submission.kind](db, submission, data, placement, reference)


def _roster(_db: Connection, sent: Any, data: bytes, _placed: Placement, reference: Reference) -> Judged:
    table = read_table(data, sent.kind, sent.filename)
    centres = frozenset(reference.organisations["code"])
    known = RosterJudgeContext(sent.branch, centres, frozenset(reference.programmes["code"]))
    judged = judge_roster(table.frame, table.row, known)
    return judged.with_reading(table.verdicts, table.notes)


def _grades(db: Connection, sent: Any, data: bytes, placed: Placement, reference: Reference) -> Judged:
    table = read_table(data, sent.kind, sent.filename)
    sheet = ScoreSheet(table.columns, table.row)
    known = GradeContext(
        _students_of(db, sheet.student_numbers),
        reference.course_modules,
        reference.scores,
        sent.branch,
        sent.kind,
        *_window(placed),
    )
    return judge_grades(sheet, known).with_reading(table.verdicts, table.notes)


def _students_of(db: Connection, numbers: list[str]) -> dict[str, tuple[int, str]]:
    """Return id and branch by student number, of those that are known."""
    columns = (STUDENTS.c.student_no, STUDENTS.c.id, STUDENTS.c.branch)
    found = read_rows(db, select(*columns).where(among(db, STUDENTS.c.student_no, numbers)))
    return {number: (student, branch) for number, student, branch in found}


def _window(placed: Placement) -> tuple[str, str | None]:
    return ("parked", placed.code) if placed.outcome == "parked" else ("open", None)


def _named(table: Table) -> list[str]:
    return numbers_named(table.frame["student_no"])


def _of_students(
    judge: Callable[[pd.DataFrame, Any, RosterContext], Judged],
    db: Connection,
    sent: Any,
    data: bytes,
    placed: Placement,
    reference: Reference,
) -> Judged:
    table = read_table(data, sent.kind, sent.filename)
    roster = _roster_of(db, "student_no", _named(table), reference)
    judged = judge(table.frame, table.row, RosterContext(roster, sent.branch, _blind, *_window(placed)))
    return judged.with_reading(table.verdicts, table.notes)


def _exemptions(db: Connection, sent: Any, data: bytes, placed: Placement, reference: Reference) -> Judged:
    table = read_table(data, sent.kind, sent.filename)
    roster = _roster_of(db, "student_no", _named(table), reference)
    known = ExemptionContext(RosterContext(roster, sent.branch, _blind, *_window(placed)), reference.courses)
    return judge_exemptions(table.frame, table.row, known).with_reading(table.verdicts, table.notes)


def _covers(_db: Connection, sent: Any, data: bytes, _placed: Placement, _reference: Reference) -> Judged:
    table = read_table(data, sent.kind, sent.filename)
    return judge_cover_estimates(table.frame, table.row).with_reading(table.verdicts, table.notes)


def _photos(db: Connection, sent: Any, data: bytes, placed: Placement, reference: Reference) -> Judged:
    photos = read_photos(data, sent.filename)
    roster = _roster_of(db, "id_index", index_ids({photo_stem(photo.name) for photo in photos}), reference)
    return judge_photos(photos, RosterContext(roster, sent.branch, _blind, *_window(placed)))


def _receipt(db: Connection, sent: Any, data: bytes, _placed: Placement, _reference: Reference) -> Judged:
    table = read_table(data, sent.kind, sent.filename, receipt_headings())
    numbers = frozenset(db.execute(select(table_of(RegistryRow).c.number)).scalars())
    judged = judge_registry_receipt(table.frame, table.row, ReceiptContext(numbers))
    return judged.with_reading(table.verdicts, table.notes)


def receipt_headings() -> dict[str, str]:
    """Return this installation's headings of a registry receipt → our column names."""
    known = settings()
    named = {
        known.receipt_key_column: "number",
        known.receipt_status_column: "status",
        known.receipt_reason_column: "reason",
        known.receipt_package_column: "package",
    }
    return {heading: column for heading, column in named.items() if heading}


def _roster_of(db: Connection, key: str, named: Iterable[Any], reference: Reference) -> pd.DataFrame:
    """Return the roster of the students that a file names, as rules compare it; programmes by their printed
    names.
    """
    columns = ("student_no", "id", "branch", "name", "id_index", "sex", "birth_date", "level", "direction")
    roster = read_by(db, STUDENTS, (*columns, "programme_code"), key, named)
    roster = roster.rename(columns={"id": "student_id"})
    roster["id_index"] = [bytes(index) for index in roster["id_index"]]
    roster["programme"] = roster["programme_code"].map(reference.programme_names).fillna("").astype("str")
    return roster


def _blind(numbers: pd.Series) -> pd.Series:
    return pd.Series(index_ids(numbers.astype(str)), index=numbers.index, dtype=object)


_JUDGES: Mapping[str, Judge] = {
    Kind.ROSTER: _roster,
    Kind.GRADE_HISTORY: _grades,
    Kind.PRACTICE: _grades,
    Kind.FINAL_EXAM: _grades,
    Kind.CERTIFICATE_DATA: partial(_of_students, judge_certificate_data),
    Kind.EXEMPTION: _exemptions,
    Kind.COVER_ESTIMATE: _covers,
    Kind.PHOTOS: _photos,
    Kind.URGENT_REQUEST: partial(_of_students, judge_urgent_request),
    Kind.REGISTRY_RECEIPT: _receipt,
    Kind.EXTENSION: judge_extension_file,
    Kind.EXTENSION_HISTORY: judge_history_file,
    Kind.WITHDRAWAL_RECEIPT: judge_withdrawal_answers,
}
