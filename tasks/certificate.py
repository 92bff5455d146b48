"""Certificates (毕业证书) of a lot: what holds them back (R1, N2), and printing in order of arrival (N3)."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime

import pandas as pd
from sqlalchemy import select, update

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading, transaction
from rules.holds import CERTIFICATE
from rules.reference import Reference
from rules.refusals import Unsent
from rules.season import Pack
from rules.states import Certificate
from tasks.case_photos import CasePhotos
from tasks.certificate_drawing import draw_files
from tasks.certificate_holds import cases_to_print, of_lot, settle_lot
from tasks.fonts import Font, font_chain
from tasks.hold import held
from tasks.track import move

_CASES, _SHEETS = table_of(Case), table_of(CertificateSheet)
PAGES = 1000  # of one print file


def place_holds(
    lot_id: int, pack: Pack, reference: Reference, as_of: datetime, fonts: Sequence[Font] | None = None
) -> dict[str, int]:
    """Place the holds that the lot's cases need and release those that are over; return the new, by reason.

    A photo that came, a font that was installed, a correction release theirs; the partner's seal is placed
    once and released where the sealed certificate comes back (N2).
    """
    with reading() as db:
        cases = cases_to_print(db, lot_id, pack, reference, fonts or font_chain())
    return settle_lot(lot_id, cases, pack, as_of)


def print_lot(
    lot_id: int,
    pack: Pack,
    reference: Reference,
    as_of: datetime,
    fonts: Sequence[Font] | None = None,
    processes: ProcessPoolExecutor | None = None,
) -> dict[str, int]:
    """Print what of the lot can be printed, in FIFO order (N3). processes: draw several files at once.

    Returns counts: printed, files, held, waiting. Printed are numbered cases with certificate data that say
    what their exported registration says (R2) and have no hold; waiting are those without data or export. A
    run that was killed goes on at the next file.
    Raises Refused R1-photo-unreadable, cell-missing; Unsent R2-lot-changed.
    """
    chain = fonts or font_chain()
    with reading() as db:
        cases = cases_to_print(db, lot_id, pack, reference, chain)
    settle_lot(lot_id, cases, pack, as_of)
    numbered = cases[cases["certificate"] == Certificate.NUMBERED.value]
    unheld = numbered[numbered["case_id"].isin(_unheld(lot_id))]
    due = unheld[unheld["certificate_submission"].notna() & unheld["exported"].notna()]
    files = [due.iloc[start : start + PAGES] for start in range(0, len(due), PAGES)]
    with reading() as db:
        photos = [CasePhotos(db, rows) for rows in files]
    for rows, archived in zip(files, draw_files(files, photos, chain, processes), strict=True):
        _note_printed(lot_id, rows, archived, as_of)
    counts = {"printed": len(due), "files": len(files), "held": len(numbered) - len(unheld)}
    return counts | {"waiting": len(unheld) - len(due)}


def _unheld(lot_id: int) -> set[int]:
    with reading() as db:
        return set(db.scalars(select(_CASES.c.id).where(of_lot(lot_id), ~held(CERTIFICATE))))


def _note_printed(lot_id: int, rows: pd.DataFrame, archived: str, as_of: datetime) -> None:
    """Note a print file, and all its sheets, in one transaction."""
    ids = sorted(rows["case_id"])
    due = _CASES.c.id.in_(ids) & (_CASES.c.certificate == Certificate.NUMBERED.value)
    with transaction() as db:
        stream = f"lot:{lot_id}"
        if move(db, Certificate.PRINTED, due, stream=stream, as_of=as_of, file=archived) != ids:
            raise Unsent("R2-lot-changed", lot=lot_id)
        sheets = update(_SHEETS).where(_SHEETS.c.case_id.in_(ids))
        db.execute(sheets.values(printed_at=as_of, print_file=archived, sheet=_SHEETS.c.sheet + 1))
