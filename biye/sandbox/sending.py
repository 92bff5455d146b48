"""One unit sends grades, then bundles of photos, audit data and certificate data; and what goes wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from biye.sandbox import dirt, story
from biye.sandbox.bundles import audit_sheet, certificate_sheet, has_photo, roster_sheet, score_sheet
from biye.sandbox.grades import FINAL, HISTORY, PRACTICE, Grades
from biye.sandbox.outbox import Outbox
from biye.sandbox.photos import write_photos
from biye.sandbox.sheets import PLAIN, Sheet, Style, render, rows_of, select
from rules.reference import HQ, Reference

HISTORY_ROWS = 300_000  # rows of one file, well below the size cap
_MINUTES = {"photos": 0, "audit-data": 2, "certificate-data": 4}


@dataclass(frozen=True)
class Sender:
    """One unit: its students (index 0 …), their grades, its way of writing, its part in the story.

    stranger: student number of another unit's student, "" if there is none. pictures: none = no photos.
    dirty, spoiled: shares of rows with dirt, and of further score rows that cannot be accepted.
    """

    unit: str
    place: int
    students: pd.DataFrame
    grades: Grades
    style: Style
    part: str
    stranger: str
    dirty: float
    reference: Reference
    partners: dict[tuple[str, str, str], str]
    pictures: list[bytes]
    rng: np.random.Generator
    outbox: Outbox
    spoiled: float = 0.0

    def send(self, kind: str, received: datetime, sheet: Sheet) -> bytes:
        """Send a sheet with the usual dirt; return the file's bytes."""
        kinds = dirt.PERSON_DIRT if "姓名" in sheet else dirt.GRADE_DIRT
        if "形考比例" in sheet:
            sheet = dirt.restyle_shares(sheet, self.place)
        soiled = dirt.soil(self.rng, sheet, self.dirty, kinds)
        if self.spoiled and "形考比例" in sheet:
            good, soiled = rows_of(soiled), dirt.spoil(self.rng, soiled, self.spoiled)
            self.outbox.spoiled += rows_of(soiled) - good
        return self.outbox.send(kind, self.unit, received, soiled, self.style)

    def sheet_of(self, sheet: int, *, batch_2: bool | None = None) -> Sheet:
        """Return the grades of one sheet, of all students or of those of batch 2 (or not)."""
        chosen = self.grades.sheet == sheet
        if batch_2 is not None:
            chosen &= (self.students["batch"].to_numpy() == 2)[self.grades.student] == batch_2
        return score_sheet(self.reference, self.students, self.grades.where(chosen), history=sheet == HISTORY)


def send_everything(sender: Sender) -> None:
    """Send all files of a unit's season."""
    _send_roster_and_history(sender)
    _send_practice(sender)
    early = sender.part == "early-final-exam"
    final = story.at(story.RESEND_DAY, "16:00:00") if early else story.second_time(sender.place)
    sender.send("final-exam", final, sender.sheet_of(FINAL))
    _send_bundles(sender)


def _send_roster_and_history(sender: Sender) -> None:
    received = story.at(story.OPENING, "08:00:00") + timedelta(seconds=sender.place)
    sender.outbox.send("roster", HQ, received, roster_sheet(sender.students), PLAIN)
    history = sender.sheet_of(HISTORY)
    for first in range(0, rows_of(history), HISTORY_ROWS):
        later = timedelta(minutes=30, microseconds=first)
        sender.send("grade-history", received + later, select(history, slice(first, first + HISTORY_ROWS)))


def _send_practice(sender: Sender) -> None:
    """T1: practice grades; every seventh unit keeps those of its batch-2 students for batch 2."""
    received = story.practice_received(sender.unit, sender.place)
    again = story.at(story.PRACTICE_SECOND, "11:00:00") + timedelta(minutes=sender.place)
    waits = sender.place % 7 == 3 and not sender.part
    sheet = sender.sheet_of(PRACTICE, batch_2=False if waits else None)
    if waits:
        sender.send("practice", story.second_time(sender.place), sender.sheet_of(PRACTICE, batch_2=True))
    if sender.part == "bad-practice-rows" and rows_of(sheet) > 2:
        sender.send("practice", received, _spoil_grades(sheet, sender.stranger))
        sender.outbox.spoiled += 3 if sender.stranger else 2
        sender.outbox.send("practice", sender.unit, again, select(sheet, slice(0, 2)), sender.style)
        return
    content = sender.send("practice", received, sheet)
    if sender.part == "sent-twice" and content:
        sender.outbox.send_bytes("practice", sender.unit, again, content, sender.style.suffix)
    if sender.part == "corrected-grades" and content:
        sender.outbox.send(
            "practice", sender.unit, again, _other_scores(select(sheet, slice(0, 2))), sender.style
        )


def _spoil_grades(sheet: Sheet, stranger: str) -> Sheet:
    """Put in a score that no list has, a course that nobody teaches and another unit's student."""
    sheet = dirt.with_cells(sheet, 0, 综合成绩代码="100.5")
    sheet = dirt.with_cells(sheet, 1, 课程ID="99998")
    return dirt.with_row(sheet, 2, 学号=stranger) if stranger else sheet


def _other_scores(sheet: Sheet) -> Sheet:
    scores = np.array(["88" if text != "88" else "89" for text in sheet["综合成绩代码"]], dtype=object)
    return sheet | {"综合成绩代码": scores}


def _send_bundles(sender: Sender) -> None:
    """R1: photos and audit data together; certificate data with them."""
    batch = sender.students["batch"].to_numpy()
    first = np.flatnonzero(batch == 1)
    times = story.bundle_times(sender.unit, sender.place, len(first))
    for received, part in zip(times, np.array_split(first, len(times)), strict=True):
        _send_bundle(sender, sender.students.iloc[part], received)
    second = story.second_time(sender.place) + timedelta(minutes=10)
    _send_bundle(sender, sender.students[batch == 2], second)
    _send_bundle(sender, sender.students[batch == 3], story.at(story.VACATION_DAY, "10:00:00"))
    late = story.at(story.LATE_PHOTO_DAY, "15:00:00") + timedelta(minutes=sender.place)
    _send_photos(sender, sender.students[sender.students["fate"] == "photo-late"], late)


def _send_bundle(sender: Sender, students: pd.DataFrame, received: datetime) -> None:
    if students.empty:
        return
    times = {kind: received + timedelta(minutes=minutes) for kind, minutes in _MINUTES.items()}
    _send_photos(sender, students[has_photo(students)], times["photos"])
    _send_audit_data(sender, audit_sheet(students, received), times["audit-data"])
    sender.send("certificate-data", times["certificate-data"], certificate_sheet(students, sender.partners))


def _send_photos(sender: Sender, students: pd.DataFrame, received: datetime) -> None:
    if students.empty or not sender.pictures:
        return
    stems = students["id_number"].str.upper()
    path = sender.outbox.place("photos", sender.unit, received, ".zip")
    sender.outbox.rows["photos"] += write_photos(
        path, stems, sender.pictures, f"{sender.unit}-{received:%m%d%H%M}"
    )


def _send_audit_data(sender: Sender, sheet: Sheet, received: datetime) -> None:
    again = story.at(story.RESEND_DAY, "14:30:00") + timedelta(minutes=sender.place)
    in_batch_1 = received < story.at("2020-01-15")
    if sender.part == "broken-file" and in_batch_1:
        broken = dirt.truncated(render(sheet, Style(workbook=True)))
        sender.outbox.send_bytes("audit-data", sender.unit, received, broken, ".xlsx")
        sender.send("audit-data", again, sheet)
    elif sender.part == "bad-audit-rows" and in_batch_1 and rows_of(sheet) > 3:
        spoiled = _spoil_audit_data(sheet, sender.stranger)
        sender.outbox.send("audit-data", sender.unit, received, spoiled, sender.style)
        sender.outbox.send("audit-data", sender.unit, again, select(sheet, slice(0, 3)), sender.style)
    else:
        sender.send("audit-data", received, sheet)


def _spoil_audit_data(sheet: Sheet, stranger: str) -> Sheet:
    """Put in a bad check digit, a date that reads in two ways, a wrong name and another unit's student."""
    sheet = dirt.with_cells(sheet, 0, 证件号=dirt.wrong_check_digit(str(sheet["证件号"][0])))
    sheet = dirt.with_cells(sheet, 1, 申请日期="03/04/2019")
    sheet = dirt.with_cells(sheet, 2, 姓名=str(sheet["姓名"][2])[:1] + "某某")
    return dirt.with_row(sheet, 3, 学号=stranger) if stranger else sheet
