"""What happens in the invented January 2020 season: days, units with a part, students with a fate.

Receipts come on nine days, so that a replay by date stays short. Times are Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from rules.clock import SHANGHAI


def at(day: str, time: str = "00:00:00") -> datetime:
    """Return an instant in Asia/Shanghai."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


OPENING = "2019-11-29"  # roster and grade history, first practice grades
PRACTICE_SECOND = "2019-12-02"
BUNDLE_DAYS = ("2019-12-02", "2019-12-03", "2019-12-06", "2019-12-12")  # audit data, photos, certificate data
RESEND_DAY = "2019-12-06"
VACATION_DAY = "2020-02-03"
SECOND_DAYS = ("2020-02-24", "2020-03-02", "2020-03-06")
LATE_PHOTO_DAY = "2020-03-02"
LAST_MINUTE = at("2019-12-02", "23:59:00")
TOO_LATE = at("2019-12-03", "00:00:00")

Part = Literal[
    "last-minute-practice", "late-practice", "early-final-exam", "vacation-audit-data", "broken-file",
    "sent-twice", "corrected-grades", "bad-practice-rows", "bad-audit-rows", "scattered",
]  # fmt: skip
PARTS: dict[str, Part] = {
    "140": "last-minute-practice",  # T1: 12-02 23:59:00, still in
    "620": "late-practice",  # T1: 12-03 00:00:00, parked for batch 2
    "360": "early-final-exam",  # T1: sent in batch 1, parked for batch 2
    "460": "vacation-audit-data",  # N4: sent on 02-03, parked for batch 2
    "530": "broken-file",  # a truncated workbook, then a good one
    "320": "sent-twice",  # the same bytes again
    "370": "corrected-grades",  # a later file says another score
    "430": "bad-practice-rows",
    "440": "bad-audit-rows",
    "640": "scattered",  # N3: seven small receipts
}


@dataclass(frozen=True)
class Fate:
    """Something out of the ordinary that happens to a few students.

    outcome: passes (in their batch), second (fails in batch 1, passes in batch 2), or fails for good.
    level: only students of that level.
    """

    name: str
    clause: str
    outcome: Literal["passes", "second", "fails"] = "fails"
    level: str = ""


FATES = (
    Fate("photo-late", "N7", "passes"),
    Fate("module-credits-short", "G0"),
    Fate("partner-mathematics", "N2", "passes", "本科"),
    Fate("new-grades-in-batch-2", "G0", "second"),
    Fate("rare-name", "R2", "passes"),
    Fate("partner-education-management", "N2", "passes", "本科"),
    Fate("credits-short", "G0"),
    Fate("central-credits-short", "G0"),
    Fate("too-early", "G0"),
    Fate("validity-over", "N8"),
    Fate("validity-last-term", "N8", "passes"),
    Fate("under-discipline", "G0"),
    Fate("not-enrolled", "G0"),
    Fate("no-conduct-appraisal", "G0"),
    Fate("remedial-missing", "G0", level="本科"),
    Fate("unified-exam-missing", "G0", level="本科"),
    Fate("prior-credential-unverified", "G0"),
    Fate("exempted-too-much", "G0"),
    Fate("branch-did-not-pass", "R1"),
    Fate("photo-never", "R1", "passes"),
    Fate("other-document", "R2", "passes"),
    Fate("retake-counts", "G0", "passes"),
    Fate("same-major-without-direction", "N2", "passes", "本科"),
)
SHARE_OF_EACH = 0.0015


def draw_fates(rng: np.random.Generator, batch: np.ndarray[tuple[int], np.dtype[np.int8]]) -> list[str]:
    """Return a fate name per student, "" for most; fates fall on batch-1 students without another part."""
    fates = [""] * len(batch)
    kinds = FATES if len(batch) >= 100 else FATES[: max(1, len(batch) // 4)]
    each = max(1, round(len(batch) * SHARE_OF_EACH))
    free = rng.permutation(np.flatnonzero(batch == 1))
    for place, student in enumerate(free[: each * len(kinds)]):
        fates[student] = kinds[place % len(kinds)].name
    return fates


def practice_received(unit: str, place: int) -> datetime:
    """Return when a unit's practice grades come: on the first or last day of the window, or by its part."""
    if PARTS.get(unit) == "last-minute-practice":
        return LAST_MINUTE
    if PARTS.get(unit) == "late-practice":
        return TOO_LATE
    first = place % 2 == 0 or PARTS.get(unit) in ("sent-twice", "corrected-grades", "bad-practice-rows")
    return at(OPENING if first else PRACTICE_SECOND, "10:00:00") + timedelta(minutes=place)


def bundle_times(unit: str, place: int, students: int) -> list[datetime]:
    """Return when a unit's bundles of batch 1 come: one to three, seven from the unit that scatters (N3)."""
    if PARTS.get(unit) == "scattered" and students >= 7:
        days = [*BUNDLE_DAYS, *BUNDLE_DAYS[1:]]
        return [
            at(day, "14:00:00") + timedelta(hours=index // 4, minutes=place) for index, day in enumerate(days)
        ]
    if PARTS.get(unit) in ("broken-file", "bad-audit-rows"):
        return [at("2019-12-03", "14:00:00") + timedelta(minutes=place)]
    parts = 1 if students < 8 else 2 if students < 40 else 3
    days = sorted(BUNDLE_DAYS[(place + step) % len(BUNDLE_DAYS)] for step in range(parts))
    return [at(day, "14:00:00") + timedelta(minutes=place) for day in days]


def second_time(place: int) -> datetime:
    """Return when a unit's final-exam grades and its bundle of batch 2 come."""
    return at(SECOND_DAYS[place % len(SECOND_DAYS)], "10:00:00") + timedelta(minutes=place)
