"""Rows that are held for a person: which still wait, and how each was settled (N5).

Settling applies nothing: the right row comes as a file like any other, or a person finds that the row needs
nothing. The row keeps its outcome and its code; that it waits no more is written with who said so.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from models.bulk import among
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.submission import RowVerdict, Submission
from rules.approvals import same_name
from rules.identity import mask_numbers
from rules.reference import HQ
from rules.refusals import Reason, Refused, register
from rules.submission import Outcome
from tasks.closure import comes_late
from tasks.correction_rows import WAITING

_SUBMISSIONS, _VERDICTS = table_of(Submission), table_of(RowVerdict)
# What a correction of grades waits for is its approval; that settles its rows.
STILL_HELD = (
    (_VERDICTS.c.outcome == Outcome.HELD.value)
    & (_VERDICTS.c.code != WAITING)
    & _VERDICTS.c.resolved_by.is_(None)
)

register(
    Reason(
        "held-none",
        "N5",
        "回执 {receipt} 的第 {rows} 行没有待人工核实的内容。",
        "rows {rows} of receipt {receipt} do not wait for a person.",
        "待核实的行见 biye submission held；成绩更正请用 biye approval。",
        "See biye submission held; a correction of grades is approved or rejected with biye approval.",
    ),
    Reason(
        "held-corrected-by",
        "N5",
        "回执 {other} 不是同一单位在回执 {receipt} 之后的上报。",
        "receipt {other} is no later submission of the same unit than receipt {receipt}.",
        "请填写更正文件的回执编号；没有更正文件则不填。",
        "Name the receipt of the file that put it right, or none.",
    ),
    Reason(
        "held-note",
        "N5",
        "核实结果须写明姓名和说明。",
        "settling held rows needs a name and a note.",
        "请填写 --by 和 --note。",
        "Give --by and --note.",
    ),
)


def held_rows(season: str = "", branch: str = "") -> list[dict[str, Any]]:
    """Return the rows that still wait, in order of receipt; an empty filter takes all. No personal data."""
    of_file = (_SUBMISSIONS.c[name] for name in ("season", "branch", "kind", "filename", "received_at"))
    column = func.coalesce(_VERDICTS.c.column, "").label("column")
    shown = (_VERDICTS.c.submission_id.label("receipt"), *of_file, _VERDICTS.c.row, column, _VERDICTS.c.code)
    wanted = select(*shown).join(_SUBMISSIONS, _SUBMISSIONS.c.id == _VERDICTS.c.submission_id)
    given = {"season": season, "branch": branch}
    filters = [_SUBMISSIONS.c[name] == value for name, value in given.items() if value]
    order = (_VERDICTS.c.submission_id, _VERDICTS.c.row)
    with reading() as db:
        rows = db.execute(wanted.where(STILL_HELD, *filters).order_by(*order)).mappings().all()
    return [{**row, "filename": mask_numbers(row["filename"])} for row in rows]


def settle_held(
    receipt: int, rows: Collection[int], by: str, note: str, as_of: datetime, corrected_by: int | None = None
) -> int:
    """Note that rows of a receipt wait no more, and return how many. rows: as people count; none: all held.

    corrected_by: the receipt of the file that put them right. Raises Refused held-note, submission-unknown,
    season-closed, held-none (also where only some of the rows wait: then nothing is settled),
    held-corrected-by.
    """
    if not (same_name(by) and note.strip()):
        raise Refused("held-note")
    with transaction() as db:
        sent = _submission(db, receipt)
        comes_late(db, sent.season, sent.kind)
        if corrected_by is not None:
            _refuse_other(db, sent, corrected_by)
        ids = _held(db, receipt, rows)
        chosen = update(_VERDICTS).where(among(db, _VERDICTS.c.id, ids))
        db.execute(chosen.values(resolved_by=corrected_by or receipt))
        said = {"note": mask_numbers(note.strip()), "corrected_by": corrected_by}
        record(db, f"submission:{receipt}", "held-rows-settled", as_of, actor=by, ids=ids, **said)
    return len(ids)


def _submission(db: Connection, receipt: int) -> Row[Any]:
    found = db.execute(select(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt)).one_or_none()
    if found is None:
        raise Refused("submission-unknown", receipt=receipt)
    return found


def _refuse_other(db: Connection, sent: Row[Any], other: int) -> None:
    later = _submission(db, other)
    same = later.season == sent.season and later.branch in (sent.branch, HQ) and other > sent.id
    if not same:
        raise Refused("held-corrected-by", receipt=sent.id, other=other)


def _held(db: Connection, receipt: int, rows: Collection[int]) -> list[int]:
    """Return the verdicts of the rows, all of which have to wait."""
    columns = (_VERDICTS.c.id, _VERDICTS.c.row)
    held = db.execute(select(*columns).where(STILL_HELD, _VERDICTS.c.submission_id == receipt)).all()
    asked = set(rows) or {one.row for one in held}
    missing = asked - {one.row for one in held}
    if missing or not held:
        raise Refused("held-none", receipt=receipt, rows=", ".join(map(str, sorted(missing))) or "*")
    return [one.id for one in held if one.row in asked]
