"""Which batches have a certificate to print or pack: what a photo or a seal released (N1, N2)."""

from sqlalchemy import and_, exists, or_, select

from models.case import Case, Hold
from models.columns import table_of
from models.database import reading
from rules.holds import CERTIFICATE, DISPATCH, PHOTO
from rules.states import Certificate, Registration, sources_of
from tasks.hold import held as held_now

_CASES, _HOLDS = table_of(Case), table_of(Hold)


def batches_due(season: str) -> list[int]:
    """Return the batches of a season with a certificate to print or to pack, in ascending order.

    A hold for a photo that has come meanwhile is over; printing releases it.
    """
    over = and_(_HOLDS.c.reason == PHOTO, _CASES.c.photo_received_at.is_not(None))
    held = exists().where(
        _HOLDS.c.case_id == _CASES.c.id,
        _HOLDS.c.track == CERTIFICATE,
        _HOLDS.c.released_at.is_(None),
        ~over,
    )
    to_print = and_(
        _CASES.c.certificate == Certificate.NUMBERED.value,
        _CASES.c.certificate_submission.is_not(None),
        _CASES.c.registration != Registration.NONE.value,
        ~held,
    )
    to_pack = _CASES.c.certificate.in_(sources_of(Certificate.PACKED)) & ~held_now(DISPATCH)
    due = select(_CASES.c.batch).where(_CASES.c.season == season, or_(to_print, to_pack))
    with reading() as db:
        return sorted(db.scalars(due.distinct()))
