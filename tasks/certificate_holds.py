"""What holds certificates of a lot back: no photo, the partner's seal, a glyph, a disagreement (R1, N2)."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, Connection

from models.case import Case
from models.columns import table_of
from models.database import transaction
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.holds import PARTNER_SEAL, REASONS, wanted_holds
from rules.reference import Reference
from rules.season import Pack
from rules.states import Audit, Certificate
from tasks.certificate_pdf import printed_texts
from tasks.fonts import Font, missing_glyphs
from tasks.graduate import graduates
from tasks.hold import settle
from tasks.outdated_sheets import settle_outdated
from tasks.promise import start_lot_promises
from tasks.registry_compared import differing_fields, exported_rows

_CASES = table_of(Case)
_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value)


def of_lot(lot_id: int) -> ColumnElement[bool]:
    """Return the condition that a case is an approved one of the lot and not beyond printing."""
    return (
        (_CASES.c.lot_id == lot_id)
        & (_CASES.c.audit == Audit.APPROVED.value)
        & _CASES.c.certificate.in_([*_UNPRINTED, Certificate.PRINTED.value])
    )


def cases_to_print(
    db: Connection, lot_id: int, pack: Pack, reference: Reference, fonts: Sequence[Font]
) -> pd.DataFrame:
    """Return the lot's cases up to printing, in FIFO order, with what `wanted_holds` asks about each.

    Beside the columns of `graduates`: exported (digest of the registered fields, empty without export),
    differs, lacking, printed, photo_unsent.
    """
    cases = graduates(db, of_lot(lot_id), pack, reference)
    rows = exported_rows(db, of_lot(lot_id)).reindex(cases["case_id"].to_numpy()).set_axis(cases.index)
    cases["exported"], cases["photo_unsent"] = rows["digest"], rows["photo_unsent"].eq(True)
    cases["differs"] = differing_fields(db, cases[cases["certificate_submission"].notna()], rows)
    cases["differs"] = cases["differs"].fillna("")
    cases["lacking"] = missing_glyphs(printed_texts(cases), fonts)
    cases["printed"] = ~cases["certificate"].isin(_UNPRINTED)
    return cases


def settle_lot(lot_id: int, cases: pd.DataFrame, pack: Pack, as_of: datetime) -> dict[str, int]:
    """Place the holds that these cases need, release those that are over; return the new, by reason.

    Who waits for the partner's seal leaves the clocks of the timetable then (N2).
    """
    wanted, stream = wanted_holds(cases, pack), f"lot:{lot_id}"
    with transaction() as db:
        new = settle(db, of_lot(lot_id), REASONS, wanted, stream=stream, as_of=as_of, once=(PARTNER_SEAL,))
        settle_outdated(db, lot_id, as_of)
        if PARTNER_SEAL in new:
            start_lot_promises(db, lot_id, pack, season_calendar(pack, day_in_shanghai(as_of)), as_of)
        return new
