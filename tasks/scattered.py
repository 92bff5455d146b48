"""Which units send scattered data (N3), from the receipts as they stand."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from models.database import reading
from models.submission import SubmissionState
from rules.scattered import COUNTED, Arrival, Scattering, said_scattered, scattering
from rules.season import Pack
from rules.submission import KINDS
from tasks.receiving import SUBMISSIONS


@dataclass(frozen=True)
class ScatteredUnit:
    """One unit's scattered files of a kind in a batch, and the warning in both languages."""

    season: str
    branch: str
    kind: str
    batch: int | None
    files: int
    sizes: tuple[int, int]
    gaps: tuple[int, int]
    last_at: datetime
    receipts: tuple[int, ...]
    zh: str
    en: str


def scattered_units(pack: Pack, *where: ColumnElement[bool]) -> list[ScatteredUnit]:
    """Return the warnings of a season, by unit and kind; where: only over these receipts."""
    sent = SUBMISSIONS.c
    group = (sent.branch, sent.kind, sent.batch)
    wanted = select(*group, sent.id, sent.received_at, sent.rows_read).where(
        sent.season == pack.season, sent.state == SubmissionState.JUDGED, sent.kind.in_(COUNTED), *where
    )
    grouped: dict[tuple[str, str, int | None], list[Arrival]] = defaultdict(list)
    with reading() as db:
        for branch, kind, batch, *arrival in db.execute(wanted.order_by(*group)):
            grouped[branch, kind, batch].append(Arrival(*arrival))
    found = {key: scattering(arrivals, pack.scattered) for key, arrivals in grouped.items()}
    return [_unit(pack.season, *key, one) for key, one in found.items() if one]


def said_scattered_until(pack: Pack, sent: Any) -> list[str]:
    """Return the warning that a file brought its unit, in both languages; none if it was not one of too many.

    sent: a row of `submission`; only what had come when it came counts, so that it stays the same for ever.
    """
    same = (SUBMISSIONS.c.branch == sent.branch, SUBMISSIONS.c.kind == sent.kind)
    found = scattered_units(pack, *same, SUBMISSIONS.c.id <= sent.id)
    return [text for one in found if sent.id in one.receipts for text in (one.zh, one.en)]


def _unit(season: str, branch: str, kind: str, batch: int | None, found: Scattering) -> ScatteredUnit:
    said = said_scattered(found, kind, KINDS[kind].zh)
    zh, en = (said.text(language).replace("\n", "") for language in ("zh", "en"))
    receipts = tuple(one.receipt for one in found.arrivals)
    facts = (len(receipts), found.sizes, found.gaps, found.arrivals[-1].received_at, receipts)
    return ScatteredUnit(season, branch, kind, batch, *facts, zh, en)
