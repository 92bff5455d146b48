"""Which batches have a certificate that can be printed now: what a late photo released (N1)."""

from sqlalchemy import and_, exists, select

from models.case import Case, Hold
from models.columns import table_of
from models.database import reading
from rules.holds import CERTIFICATE, PHOTO
from rules.states import Certificate, Registration

_CASES, _HOLDS = table_of(Case), table_of(Hold)


def batches_due(season: str) -> list[int]:
    """Return the batches of a season with a certificate to print, in ascending order.

    A hold for a photo that has come meanwhile is over; printing releases it.
    """
    over = and_(_HOLDS.c.reason == PHOTO, _CASES.c.photo_received_at.is_not(None))
    held = exists().where(
        _HOLDS.c.case_id == _CASES.c.id,
        _HOLDS.c.track == CERTIFICATE,
        _HOLDS.c.released_at.is_(None),
        ~over,
    )
    due = select(_CASES.c.batch).where(
        _CASES.c.season == season,
        _CASES.c.certificate == Certificate.NUMBERED.value,
        _CASES.c.certificate_submission.is_not(None),
        _CASES.c.registration != Registration.NONE.value,
        ~held,
    )
    with reading() as db:
        return sorted(db.scalars(due.distinct()))
