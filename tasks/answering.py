"""What a unit gets back, in `out/BRANCH/`: its receipt and, for rows not accepted, the error workbook."""

from typing import Any

from sqlalchemy import func, select

from models.bulk import read_frame
from models.columns import table_of
from models.database import reading
from models.out import lay_out, take_away
from models.submission import RowVerdict
from rules.season import Pack
from rules.submission import Outcome
from rules.windows import Placement, details, place, warned
from tasks.error_workbook import ReceiptFacts, error_workbook, receipt_file
from tasks.receiving import SUBMISSIONS
from tasks.scattered import said_scattered_until

VERDICTS = table_of(RowVerdict)
_TEXTS = ("column", "code", "outcome", "value")
_SAID = (VERDICTS.c.row, *(func.coalesce(VERDICTS.c[name], "").label(name) for name in _TEXTS))


def answer_names(receipt: int) -> tuple[str, str]:
    """Return the names of a submission's receipt and error workbook, as its unit finds them."""
    return f"回执-{receipt:06d}.csv", f"未接收-{receipt:06d}.xlsx"


def _warnings(pack: Pack, sent: Any, placed: Placement) -> list[str]:
    return [*warned(pack, sent.kind, sent.received_at, placed), *said_scattered_until(pack, sent)]


def answer(receipt: int, pack: Pack) -> list[str]:
    """Write the answer to one judged submission; writing it again gives the same files.

    Returns their addresses.
    """
    with reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        verdicts = read_frame(db, select(*_SAID).where(VERDICTS.c.submission_id == receipt))
    receipt_name, workbook_name = answer_names(receipt)
    placed = place(pack, sent.kind, sent.received_at)
    counts = {outcome.value: int(getattr(sent, outcome.value)) for outcome in Outcome}
    facts = ReceiptFacts(
        receipt=f"{receipt:06d}",
        season=sent.season,
        branch=sent.branch,
        kind=sent.kind,
        filename=sent.filename,
        sha256=sent.sha256,
        received_at=sent.received_at,
        counts=counts,
        batch=sent.batch,
        parked_until=placed.until if sent.parked else None,
        notes=(*(sent.detail or "").splitlines(), *_warnings(pack, sent, placed)),
    )
    told = lay_out(sent.branch, receipt_name, receipt_file(facts))
    if verdicts.empty:
        take_away(sent.branch, workbook_name)  # what was parked is taken now
        return [told]
    said = details(pack, sent.kind, sent.received_at, placed)
    workbook = error_workbook(verdicts, sent.filename, details=said)
    return [told, lay_out(sent.branch, workbook_name, workbook)]
