"""One unit of the invented season: who its students are, how it writes, what part it has in the story."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from biye.sandbox import dirt
from biye.sandbox.bundles import score_sheet
from biye.sandbox.grades import HISTORY, Grades
from biye.sandbox.outbox import Outbox
from biye.sandbox.sheets import Sheet, Style, rows_of
from rules.reference import Reference


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
