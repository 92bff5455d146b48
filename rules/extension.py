"""Extension lists (学籍延期名单): which applications are taken, and the explicit nil return (N8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_cleanup  # noqa: F401  registers its codes
from rules.characters import clean_codes
from rules.cleanup import ENDED
from rules.columns import EXTENSION, EXTENSION_HISTORY
from rules.dates import read_term
from rules.fields import Fields
from rules.repeats import mark_repeats
from rules.roster_match import matched_students, student_ids
from rules.submission import Judged, RosterContext
from rules.verdicts import Verdicts

HEADINGS = {column.name: column.heading for column in (*EXTENSION, *EXTENSION_HISTORY)}
NIL = frozenset({"无", "零报告", "nil", "NIL"})  # as the student number of a list's only row
_APPLICATION = ("student_id", "applied_on", "reason", "attachment")


class ExtensionState(StrEnum):
    """How far an application has come."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


CHINESE = {
    ExtensionState.PENDING: "待审批",
    ExtensionState.APPROVED: "已批准",
    ExtensionState.REJECTED: "未批准",
}


@dataclass(frozen=True)
class ExtensionContext:
    """What an extension list is judged against.

    roster: its students also have entry_term, status, used (approved extensions), and the application that
    waits: waiting (bool), applied_on, reason, attachment, scan. entered: YYYYMM, whose entrants may be
    extended; times: how often. scans: of the zip the list came in, name → SHA-256, "" for no scan at all;
    None: no zip. has_applications: the sender has some already.
    """

    roster: RosterContext
    entered: str
    times: int
    nil_return: bool
    scans: Mapping[str, str] | None = None
    has_applications: bool = False


def judge_extension(table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: ExtensionContext) -> Judged:
    """Judge an extension list; accepted: row, student_id (0: the nil return), applied_on, reason, attachment,
    scan (SHA-256 or None: still to come).
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    nil = clean_codes(table["student_no"]).isin(list(NIL)).to_numpy(dtype=bool)
    if nil.all():
        return _judge_nil(row, fields, verdicts, ctx)
    fields.mark(nil, "N8-nil-mixed", "student_no")
    numbers, found = matched_students(fields, ctx.roster)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    _refuse_who_cannot(fields, numbers, found, ctx)
    data["applied_on"] = fields.days("applied_on")
    for name in ("reason", "attachment"):
        data[name] = fields.words(name)
        fields.need(name, data[name])
    data["scan"] = _scans(fields, data["attachment"], ctx)
    mark_repeats(data, "student_id", fields, verdicts)
    fields.mark(_says_the_same(data, found), "row-already", "student_no", numbers)
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def _judge_nil(
    row: npt.NDArray[np.int64], fields: Fields, verdicts: Verdicts, ctx: ExtensionContext
) -> Judged:
    every = np.ones(len(row), dtype=bool)
    again = np.arange(len(row)) > 0
    fields.mark(every & (not ctx.nil_return), "N8-nil-off", "student_no")
    fields.mark(every & ctx.has_applications, "N8-nil-after-list", "student_no")
    fields.mark(again, "row-duplicate", "student_no")
    blank = {"student_id": 0, "applied_on": None, "reason": "", "attachment": "", "scan": None}
    data = pd.DataFrame({"row": row, **blank})
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def _refuse_who_cannot(
    fields: Fields, numbers: pd.Series, found: pd.DataFrame, ctx: ExtensionContext
) -> None:
    """A second extension, an ended enrolment, or entry in another term than the season extends."""
    used = (found["used"].fillna(0) >= ctx.times).to_numpy(dtype=bool)
    fields.mark(used, "N8-extension-used", "student_no", numbers)
    ended = found["status"].isin(list(ENDED)).to_numpy(dtype=bool)
    fields.mark(ended, "N8-extension-ended", "student_no", found["status"])
    other = (found["entry_term"] != ctx.entered).to_numpy(dtype=bool)
    fields.mark(other, "N8-extension-entry", "student_no", found["entry_term"])


def _scans(fields: Fields, names: pd.Series, ctx: ExtensionContext) -> pd.Series:
    if ctx.scans is None:
        return pd.Series([None] * len(names), index=names.index, dtype=object)
    scans = names.map(dict(ctx.scans)).astype(object)
    fields.mark(scans.isna().to_numpy(dtype=bool), "N8-scan-missing", "attachment", names)
    fields.mark((scans == "").to_numpy(dtype=bool), "N8-scan-unreadable", "attachment", names)
    return scans


def _says_the_same(data: pd.DataFrame, found: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether an application that waits says what the row says; a scan that is new says more."""
    same = found["waiting"].fillna(False).astype(bool)
    for name in _APPLICATION[1:]:
        same &= data[name] == found[f"{name}_known"]
    return np.asarray(same & (data["scan"].isna() | (data["scan"] == found["scan_known"])), dtype=bool)


def judge_extension_history(table: pd.DataFrame, row: npt.NDArray[np.int64], roster: RosterContext) -> Judged:
    """Judge earlier extensions from the academic system; accepted: row, student_id, valid_until, document_no,
    decided_on.
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    _, found = matched_students(fields, roster)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    texts = fields.code("valid_until")
    data["valid_until"] = texts.map({text: read_term(text) or "" for text in texts.unique()})
    fields.mark((data["valid_until"] == "").to_numpy(dtype=bool), "row-bad-term", "valid_until", texts)
    data["document_no"] = fields.words("document_no")
    fields.need("document_no", data["document_no"])
    data["decided_on"] = fields.days("decided_on")
    mark_repeats(data, "student_id", fields, verdicts)
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)
