"""What units send: the kinds of file, the outcome of each row, and what judging a file needs and returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from rules.columns import (
    AUDIT_DATA,
    AUDIT_DATA_FAST_TRACK,
    CERTIFICATE_DATA,
    COVER_ESTIMATE,
    EXEMPTION,
    EXTENSION,
    EXTENSION_HISTORY,
    PHOTOS,
    REGISTRY_RECEIPT,
    ROSTER,
    SCORE_SHEET,
    SCORE_SHEET_WITH_TERM,
    URGENT_REQUEST,
    WITHDRAWAL_RECEIPT,
    SheetColumn,
)

MEGABYTE = 1 << 20


class Kind(StrEnum):
    """Kinds of file that units send."""

    ROSTER = "roster"
    GRADE_HISTORY = "grade-history"
    PRACTICE = "practice"
    FINAL_EXAM = "final-exam"
    AUDIT_DATA = "audit-data"
    AUDIT_DATA_FAST_TRACK = "audit-data-fast-track"
    PHOTOS = "photos"
    CERTIFICATE_DATA = "certificate-data"
    EXEMPTION = "exemption"
    URGENT_REQUEST = "urgent-request"
    COVER_ESTIMATE = "cover-estimate"
    REGISTRY_RECEIPT = "registry-receipt"
    EXTENSION = "extension"
    EXTENSION_HISTORY = "extension-history"
    WITHDRAWAL_RECEIPT = "withdrawal-receipt"


class Outcome(StrEnum):
    """What becomes of a row; rows read = the sum of all five."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"  # waits for a person
    PARKED = "parked"  # good, outside its window; judged again when the next batch opens
    DUPLICATE = "duplicate"  # says what an accepted row says already


OUTCOMES_ZH: Mapping[str, str] = {
    Outcome.ACCEPTED: "已接收",
    Outcome.REFUSED: "退回",
    Outcome.HELD: "待人工核实",
    Outcome.PARKED: "暂存待下一批次",
    Outcome.DUPLICATE: "重复",
}


@dataclass(frozen=True)
class KindSpec:
    """A kind of file: its Chinese name, its columns in the template's order, its size cap in bytes."""

    kind: Kind
    zh: str
    columns: tuple[SheetColumn, ...]
    cap: int = 50 * MEGABYTE
    coded: bool = False  # few different values a column: read as dictionaries

    @property
    def used(self) -> list[str]:
        """Our names of the columns that count."""
        return [column.name for column in self.columns if column.used]


KINDS: Mapping[str, KindSpec] = {
    spec.kind: spec
    for spec in (
        KindSpec(Kind.ROSTER, "学籍信息", ROSTER),
        KindSpec(Kind.GRADE_HISTORY, "历年成绩", SCORE_SHEET_WITH_TERM, coded=True),
        KindSpec(Kind.PRACTICE, "综合实践环节成绩", SCORE_SHEET, coded=True),
        KindSpec(Kind.FINAL_EXAM, "期末考试成绩", SCORE_SHEET, coded=True),
        KindSpec(Kind.AUDIT_DATA, "毕业审核数据", AUDIT_DATA),
        KindSpec(Kind.AUDIT_DATA_FAST_TRACK, "续读本科毕业审核数据", AUDIT_DATA_FAST_TRACK),
        KindSpec(Kind.PHOTOS, "毕业生照片", PHOTOS, cap=2048 * MEGABYTE),
        KindSpec(Kind.CERTIFICATE_DATA, "毕业颁证数据", CERTIFICATE_DATA),
        KindSpec(Kind.EXEMPTION, "免修免考申请", EXEMPTION),
        KindSpec(Kind.URGENT_REQUEST, "加急申请", URGENT_REQUEST),
        KindSpec(Kind.COVER_ESTIMATE, "封皮征订", COVER_ESTIMATE),
        KindSpec(Kind.REGISTRY_RECEIPT, "学信网回执", REGISTRY_RECEIPT),
        KindSpec(Kind.EXTENSION, "学籍延期名单", EXTENSION, cap=500 * MEGABYTE),
        KindSpec(Kind.EXTENSION_HISTORY, "学籍延期记录", EXTENSION_HISTORY),
        KindSpec(Kind.WITHDRAWAL_RECEIPT, "退学上报回执", WITHDRAWAL_RECEIPT),
    )
}


@dataclass(frozen=True)
class RosterContext:
    """The roster that audit data, certificate data and photos are compared with. Personal data: all of it.

    students: student_no, student_id (int), branch, name, id_index, sex, birth_date (date), level, programme,
    direction; only the columns that a kind compares are needed. branch: the sender, "010" for all.
    id_index: blind index of normalised ID numbers. outcome: the window's, "open" or "parked" with its code.
    """

    students: pd.DataFrame
    branch: str
    id_index: Callable[[pd.Series], pd.Series]
    outcome: str = "open"
    code: str | None = None


def no_verdicts() -> pd.DataFrame:
    """Return an empty table of verdicts."""
    return _NO_VERDICTS.copy()


_NO_VERDICTS = pd.DataFrame(
    {
        "row": np.empty(0, np.int64),
        "column": pd.Series([], dtype="str"),
        "code": pd.Series([], dtype="str"),
        "outcome": pd.Series([], dtype="str"),
        "value": pd.Series([], dtype="str"),
    }
)


@dataclass(frozen=True)
class Judged:
    """A judged file: accepted rows, and one verdict for every other row.

    verdicts: row (as people count), column (Chinese heading or ""), code, outcome, value (IDs masked).
    notes: what was normalised, one Chinese sentence each.
    """

    accepted: pd.DataFrame
    verdicts: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Rows of the file: accepted and all others."""
        return len(self.accepted) + len(self.verdicts)

    def counts(self) -> dict[str, int]:
        """Return the number of rows by outcome; the values sum up to the rows read."""
        found = self.verdicts["outcome"].value_counts()
        counts = {outcome.value: int(found.get(outcome.value, 0)) for outcome in Outcome}
        return counts | {Outcome.ACCEPTED.value: len(self.accepted)}

    def with_reading(self, verdicts: pd.DataFrame, notes: list[str]) -> "Judged":
        """Return this with the rows that could not even be read (ragged, broken cells) and their notes."""
        if verdicts.empty:
            return Judged(self.accepted, self.verdicts, [*notes, *self.notes])
        joined = pd.concat([verdicts, self.verdicts], ignore_index=True).sort_values("row", kind="stable")
        return Judged(self.accepted, joined.reset_index(drop=True), [*notes, *self.notes])
