"""What a unit gets back, in `out/BRANCH/`: its receipt and, for rows not accepted, the error workbook."""

from pathlib import Path

import pandas as pd
from sqlalchemy import select

from models.columns import table_of
from models.database import reading
from models.settings import settings
from models.submission import RowVerdict
from rules.season import Pack
from rules.submission import Outcome
from rules.windows import details, place
from tasks.error_workbook import ReceiptFacts, error_workbook, receipt_file
from tasks.receiving import SUBMISSIONS

VERDICTS = table_of(RowVerdict)


def answer(receipt: int, pack: Pack) -> list[Path]:
    """Write the answer to one judged submission; writing it again gives the same files."""
    with reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        rows = db.execute(select(VERDICTS).where(VERDICTS.c.submission_id == receipt)).all()
    verdicts = pd.DataFrame(rows, columns=[column.name for column in VERDICTS.columns])
    folder = settings().folder("out", sent.branch)
    written = [folder / f"回执-{receipt:06d}.csv"]
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
        notes=(sent.detail,) if sent.detail else (),
    )
    written[0].write_bytes(receipt_file(facts))
    errors = folder / f"未接收-{receipt:06d}.xlsx"
    if len(verdicts):
        said = details(pack, sent.kind, sent.received_at, placed)
        errors.write_bytes(error_workbook(verdicts.fillna(""), sent.filename, details=said))
        written.append(errors)
    else:
        errors.unlink(missing_ok=True)  # of an earlier answer: its rows were accepted since
    return written
