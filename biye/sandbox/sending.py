"""One unit sends its season: roster and grades, then bundles and requests; and what goes wrong."""

from datetime import timedelta

import numpy as np

from biye.sandbox import dirt, story
from biye.sandbox.bundle_sending import send_bundles
from biye.sandbox.bundles import roster_sheet
from biye.sandbox.grades import FINAL, HISTORY, PRACTICE
from biye.sandbox.requests import send_requests
from biye.sandbox.sender import Sender
from biye.sandbox.sheets import PLAIN, Sheet, rows_of, select
from rules.reference import HQ

HISTORY_ROWS = 300_000  # rows of one file, well below the size cap


def send_everything(sender: Sender) -> None:
    """Send all files of a unit's season."""
    _send_roster_and_history(sender)
    _send_practice(sender)
    early = sender.part == "early-final-exam"
    final = story.at(story.RESEND_DAY, "16:00:00") if early else story.second_time(sender.place)
    sender.send("final-exam", final, sender.sheet_of(FINAL))
    send_bundles(sender)
    send_requests(sender)


def _send_roster_and_history(sender: Sender) -> None:
    received = story.at(story.OPENING, "08:00:00") + timedelta(seconds=sender.place)
    sender.outbox.send("roster", HQ, received, roster_sheet(sender.students), PLAIN)
    history = sender.sheet_of(HISTORY)
    for first in range(0, rows_of(history), HISTORY_ROWS):
        later = timedelta(minutes=30, microseconds=first)
        sender.send("grade-history", received + later, select(history, slice(first, first + HISTORY_ROWS)))


def _send_practice(sender: Sender) -> None:
    """T1: practice grades; every seventh unit keeps those of its batch-2 students for batch 2."""
    received = story.practice_received(sender.part, sender.place)
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
