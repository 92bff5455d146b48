"""One unit sends its bundles: photos, audit data and certificate data (R1, T3)."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from biye.sandbox import dirt, story
from biye.sandbox.bundles import audit_sheet, certificate_sheet, has_photo
from biye.sandbox.photos import write_photos
from biye.sandbox.sender import Sender
from biye.sandbox.sheets import Sheet, Style, render, rows_of, select

_FAST_TRACK = "audit-data-fast-track"


def send_bundles(sender: Sender) -> None:
    """R1: photos and audit data together; R2: certificate data when they are complete."""
    applicants = sender.students[story.applies(sender.students["fate"])]
    batch = applicants["batch"].to_numpy()
    first = np.flatnonzero(batch == 1)
    times = story.bundle_times(sender.part, sender.place, len(first))
    for received, part in zip(times, np.array_split(first, len(times)), strict=True):
        _send_bundle(sender, applicants.iloc[part], received)
    _send_second_bundle(sender, applicants[batch == 2])
    _send_bundle(sender, applicants[batch == 3], story.at(story.VACATION_DAY, "10:00:00"))
    late = story.at(story.LATE_PHOTO_DAY, "15:00:00") + timedelta(minutes=sender.place)
    _send_photos(sender, applicants[applicants["fate"] == "photo-late"], late)
    in_first = (batch == 1) & ~story.passes_second(applicants["fate"])
    _send_certificate_data(sender, applicants[in_first], 1)
    _send_certificate_data(sender, applicants[~in_first], 2)


def _send_second_bundle(sender: Sender, students: pd.DataFrame) -> None:
    """T3: those who go on to an undergraduate programme are reported separately by some units."""
    received = story.second_bundle_time(sender.place)
    continuing = story.goes_on(sender.part, students)
    _send_bundle(sender, students[~continuing], received)
    if continuing.any():
        _send_fast_track(sender, students[continuing], students[~continuing])


def _send_fast_track(sender: Sender, students: pd.DataFrame, ordinary: pd.DataFrame) -> None:
    """T3: on the last minute; a minute late, then as ordinary audit data; or mixed at first, then well."""
    late = sender.part == "fast-track-late"
    received = story.FAST_TRACK_LATE if late else story.FAST_TRACK_LAST
    again = story.FAST_TRACK_AGAIN if late else received
    sheet = audit_sheet(students, received) | {"专升本": np.full(len(students), "是", dtype=object)}
    if sender.part == "fast-track-mixed" and len(ordinary):
        mixed = pd.concat([students, ordinary.iloc[:1]])
        spoiled = audit_sheet(mixed, story.FAST_TRACK_MIXED)
        spoiled["专升本"][: len(students)] = "是"
        sender.outbox.send(_FAST_TRACK, sender.unit, story.FAST_TRACK_MIXED, spoiled, sender.style)
    sender.outbox.send(_FAST_TRACK, sender.unit, received, sheet, sender.style)
    if late:
        sender.send("audit-data", again, sheet)
    _send_photos(sender, students[has_photo(students)], again + timedelta(minutes=2))


def _send_bundle(sender: Sender, students: pd.DataFrame, received: datetime) -> None:
    if students.empty:
        return
    _send_photos(sender, students[has_photo(students)], received)
    _send_audit_data(sender, audit_sheet(students, received), received + timedelta(minutes=2))


def _send_certificate_data(sender: Sender, students: pd.DataFrame, batch: int) -> None:
    """Send certificate data of a batch: in one file, or in halves by who completes it late (N1)."""
    sheet = certificate_sheet(students, sender.partners)
    *early, last = story.certificate_times(sender.part, sender.place, batch)
    half = len(students) // 2 if early else 0  # a single student is late
    for received in early:
        sender.send("certificate-data", received, select(sheet, slice(0, half)))
    sender.send("certificate-data", last, select(sheet, slice(half, None)))


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
