"""What became of submissions, for people: one with its codes and its answer, or many. No personal data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from models.closure import CLOSURES
from models.columns import table_of
from models.database import reading
from models.out import lying_out
from models.submission import RowVerdict
from rules.identity import mask_numbers
from rules.refusals import Refused
from rules.submission import KINDS, Outcome
from rules.windows import details, place, warned
from tasks.answering import answer_names
from tasks.error_workbook import explained
from tasks.policy import season_pack
from tasks.receiving import SUBMISSIONS
from tasks.scattered import said_scattered_until, scattered_units

_VERDICTS = table_of(RowVerdict)
_SHOWN = ("season", "kind", "branch", "filename", "received_at", "state", "batch", "code", "rows_read")


@dataclass(frozen=True)
class CodeCount:
    """How many rows of a submission have a code, in one column; its sentence and remedy in both languages."""

    code: str
    outcome: str
    column: str
    rows: int
    zh: str
    remedy_zh: str
    en: str
    remedy_en: str


@dataclass(frozen=True)
class SubmissionSeen:
    """One submission. code: why it was quarantined whole; detail: that in words, else what was normalised.

    warnings: what its unit is told all the same, by line. parked_until: when its parked rows' batch opens.
    answers: the files that lie ready for its unit.
    """

    receipt: int
    season: str
    kind: str
    kind_zh: str
    branch: str
    filename: str
    sha256: str
    size: int
    received_at: datetime
    recorded_at: datetime
    state: str
    batch: int | None
    code: str | None
    detail: str | None
    rows_read: int
    counts: dict[str, int]
    codes: list[CodeCount]
    warnings: list[str]
    parked_until: datetime | None
    answers: list[str]


def list_submissions(
    season: str = "", branch: str = "", state: str = "", kind: str = ""
) -> list[dict[str, Any]]:
    """Return submissions in order of receipt; an empty filter takes all.

    scattered: one of too many (N3). late: came after its season's closing (N5).
    """
    counts = [outcome.value for outcome in Outcome]
    columns = [SUBMISSIONS.c[name] for name in (*_SHOWN, *counts)]
    wanted = select(SUBMISSIONS.c.id.label("receipt"), *columns).order_by(SUBMISSIONS.c.id)
    filters = {"season": season, "branch": branch, "state": state, "kind": kind}
    given = {name: value for name, value in filters.items() if value}
    with reading() as db:
        rows = db.execute(wanted.filter_by(**given)).mappings()
        found = [{**row, "filename": mask_numbers(row["filename"])} for row in rows]
        closed = dict(db.execute(select(CLOSURES.c.season, CLOSURES.c.closed_at)).tuples().all())
    scattered = _scattered({row["season"] for row in found})
    return [
        row
        | {"scattered": row["receipt"] in scattered}
        | {"late": row["season"] in closed and row["received_at"] > closed[row["season"]]}
        for row in found
    ]


def _scattered(seasons: set[str]) -> set[int]:
    """Return the receipts of files that came scattered (N3)."""
    units = (unit for season in seasons for unit in scattered_units(season_pack(season)))
    return {receipt for unit in units for receipt in unit.receipts}


def show_submission(receipt: int) -> SubmissionSeen:
    """Return one submission; Refused submission-unknown."""
    with reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one_or_none()
        if sent is None:
            raise Refused("submission-unknown", receipt=receipt)
        counted = _counted(db, receipt)
    pack = season_pack(sent.season)
    placed = place(pack, sent.kind, sent.received_at)
    said = details(pack, sent.kind, sent.received_at, placed)
    same = (*_SHOWN, "sha256", "size", "recorded_at")
    masked = {"filename": mask_numbers(sent.filename), "detail": sent.detail and mask_numbers(sent.detail)}
    return SubmissionSeen(
        receipt=receipt,
        kind_zh=KINDS[sent.kind].zh,
        counts={outcome.value: getattr(sent, outcome.value) for outcome in Outcome},
        codes=list(_in_words(counted, said)),
        warnings=[*warned(pack, sent.kind, sent.received_at, placed), *said_scattered_until(pack, sent)],
        parked_until=placed.until if sent.parked else None,
        answers=lying_out(sent.branch, *answer_names(receipt)),
        **{name: getattr(sent, name) for name in same} | masked,
    )


def _counted(db: Connection, receipt: int) -> list[Row[Any]]:
    group = (_VERDICTS.c.code, _VERDICTS.c.outcome, func.coalesce(_VERDICTS.c.column, ""))
    wanted = select(*group, func.count()).where(_VERDICTS.c.submission_id == receipt).group_by(*group)
    return list(db.execute(wanted.order_by(func.count().desc(), *group)).all())


def _in_words(counted: list[Row[Any]], said: dict[str, object]) -> Iterator[CodeCount]:
    """Explain each code once, without a row's value: that stands in the error workbook."""
    for code, outcome, column, rows in counted:
        zh, remedy_zh, en, remedy_en = explained(code, said | {"column": column, "value": "…", "row": "…"})
        yield CodeCount(code, outcome, column, rows, zh, remedy_zh, en, remedy_en)
