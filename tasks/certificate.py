"""Certificates (毕业证书) of a lot: what holds them back (R1, N2), and printing in order of arrival (N3)."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select, update

from models.archive import keep
from models.case import Case
from models.certificate import CertificateSheet, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from rules.holds import CERTIFICATE, PARTNER_SEAL, REASONS, wanted_holds
from rules.reference import Reference
from rules.refusals import Unsent
from rules.registry_fields import as_registered, field_digests
from rules.season import Pack
from rules.states import Audit, Certificate
from tasks.case_photos import CasePhotos
from tasks.certificate_pdf import print_certificates, printed_texts
from tasks.fonts import Font, font_chain, missing_glyphs
from tasks.graduate import graduates
from tasks.hold import held, settle
from tasks.track import move

_CASES, _SHEETS, _ROWS = table_of(Case), table_of(CertificateSheet), table_of(RegistryRow)
PAGES = 1000  # of one print file
_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value)


def place_holds(
    lot_id: int, pack: Pack, reference: Reference, as_of: datetime, fonts: Sequence[Font] | None = None
) -> dict[str, int]:
    """Place the holds that the lot's cases need and release those that are over; return the new, by reason.

    A photo that came, a font that was installed, a correction release theirs; the partner's seal is placed
    once and released where the sealed certificate comes back (N2).
    """
    with reading() as db:
        cases = _cases(db, lot_id, pack, reference, fonts or font_chain())
    return _settle(lot_id, cases, pack, as_of)


def print_lot(
    lot_id: int, pack: Pack, reference: Reference, as_of: datetime, fonts: Sequence[Font] | None = None
) -> dict[str, int]:
    """Print what of the lot can be printed, in FIFO order (N3).

    Returns counts: printed, files, held, waiting. Printed are numbered cases with certificate data that say
    what their exported registration says (R2) and have no hold; waiting are those without data or export. A
    run that was killed goes on at the next file.
    Raises Refused R1-photo-unreadable, cell-missing; Unsent R2-lot-changed.
    """
    chain = fonts or font_chain()
    with reading() as db:
        cases = _cases(db, lot_id, pack, reference, chain)
    _settle(lot_id, cases, pack, as_of)
    with reading() as db:
        free = set(db.scalars(select(_CASES.c.id).where(_of_lot(lot_id), ~held(CERTIFICATE))))
        numbered = cases[cases["certificate"] == Certificate.NUMBERED.value]
        unheld = numbered[numbered["case_id"].isin(free)]
        due = unheld[unheld["certificate_submission"].notna() & unheld["exported"].notna()]
        photos = CasePhotos(db, due)
    files = [due.iloc[start : start + PAGES] for start in range(0, len(due), PAGES)]
    with photos:
        for rows in files:
            _print_file(lot_id, rows, photos, chain, as_of)
    counts = {"printed": len(due), "files": len(files), "held": len(numbered) - len(unheld)}
    return counts | {"waiting": len(unheld) - len(due)}


def _of_lot(lot_id: int) -> ColumnElement[bool]:
    return (
        (_CASES.c.lot_id == lot_id)
        & (_CASES.c.audit == Audit.APPROVED.value)
        & _CASES.c.certificate.in_([*_UNPRINTED, Certificate.PRINTED.value])
    )


def _cases(
    db: Connection, lot_id: int, pack: Pack, reference: Reference, fonts: Sequence[Font]
) -> pd.DataFrame:
    """The lot's cases up to printing, with what `wanted_holds` asks about each."""
    cases = graduates(db, _of_lot(lot_id), pack, reference)
    latest = select(func.max(_ROWS.c.id)).group_by(_ROWS.c.case_id)
    wanted = select(_ROWS.c.case_id, _ROWS.c.digest).where(_ROWS.c.id.in_(latest))
    in_lot = _ROWS.c.case_id.in_(select(_CASES.c.id).where(_of_lot(lot_id)))
    exported = {row.case_id: row.digest for row in db.execute(wanted.where(in_lot))}
    cases["exported"] = cases["case_id"].map(exported)
    stated = field_digests(as_registered(cases))
    complete = cases["exported"].notna() & cases["certificate_submission"].notna()
    cases["differs"] = complete & (cases["exported"] != stated)
    cases["lacking"] = missing_glyphs(printed_texts(cases), fonts)
    cases["printed"] = ~cases["certificate"].isin(_UNPRINTED)
    return cases


def _settle(lot_id: int, cases: pd.DataFrame, pack: Pack, as_of: datetime) -> dict[str, int]:
    with transaction() as db:
        return settle(
            db,
            _of_lot(lot_id),
            REASONS,
            wanted_holds(cases, pack),
            stream=f"lot:{lot_id}",
            as_of=as_of,
            once=(PARTNER_SEAL,),
        )


def _print_file(
    lot_id: int, rows: pd.DataFrame, photos: CasePhotos, fonts: Sequence[Font], as_of: datetime
) -> None:
    """Print one file into the archive, then note it with all its sheets in one transaction."""
    document = BytesIO()
    print_certificates(rows, photos.photo_of, fonts, document)
    archived = keep(document.getvalue())
    ids = sorted(rows["case_id"])
    due = _CASES.c.id.in_(ids) & (_CASES.c.certificate == Certificate.NUMBERED.value)
    with transaction() as db:
        stream = f"lot:{lot_id}"
        if move(db, Certificate.PRINTED, due, stream=stream, as_of=as_of, file=archived) != ids:
            raise Unsent("R2-lot-changed", lot=lot_id)
        sheets = update(_SHEETS).where(_SHEETS.c.case_id.in_(ids))
        db.execute(sheets.values(printed_at=as_of, print_file=archived, sheet=_SHEETS.c.sheet + 1))
