"""What waits for a partner's seal, what is away, and what came back (N2). No personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from models.case import Case, Hold
from models.columns import table_of
from models.database import reading
from models.seal import SealList, SealRow
from rules.holds import CERTIFICATE, DISPATCH, PARTNER_SEAL
from rules.seal import SealOutcome
from rules.states import Certificate

_CASES, _HOLDS = table_of(Case), table_of(Hold)
_LISTS, _ROWS = table_of(SealList), table_of(SealRow)


@dataclass(frozen=True)
class SealWaiting:
    """A lot's certificates that wait for one partner's seal.

    to_let: numbered, printing waits until it is let; to_print: numbered; to_send: printed; away: with the
    partner.
    """

    season: str
    partner: str
    lot: int
    branch: str
    to_let: int
    to_print: int
    to_send: int
    away: int


def seals_waiting(season: str = "") -> list[SealWaiting]:
    """Return what has not come back sealed, by season, partner and lot."""
    numbered, state = _CASES.c.certificate.in_(_UNPRINTED), _CASES.c.certificate
    stopped = _CASES.c.id.in_(select(_HOLDS.c.case_id).where(_HOLDS.c.track == CERTIFICATE, *_standing()))
    sums = {
        "to_let": numbered & stopped,
        "to_print": numbered & ~stopped,
        "to_send": state == Certificate.PRINTED.value,
        "away": state == Certificate.AT_PARTNER.value,
    }
    counts = [func.sum(case((mark, 1), else_=0)).label(name) for name, mark in sums.items()]
    named = (_CASES.c.season, _HOLDS.c.detail.label("partner"), _CASES.c.lot_id.label("lot"), _CASES.c.branch)
    wanted = select(*named, *counts).join_from(_CASES, _HOLDS, _HOLDS.c.case_id == _CASES.c.id)
    wanted = wanted.where(_HOLDS.c.track == DISPATCH, *_standing(), _CASES.c.lot_id.is_not(None))
    wanted = wanted.where(_CASES.c.season == season) if season else wanted
    with reading() as db:
        rows = db.execute(wanted.group_by(*named).order_by(*named)).mappings()
        return [SealWaiting(**row) for row in rows]


_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value)


def _standing() -> tuple[Any, ...]:
    return _HOLDS.c.reason == PARTNER_SEAL, _HOLDS.c.released_at.is_(None)


def seal_lists(season: str = "") -> list[dict[str, Any]]:
    """Return the lists in the order made: partner, when and by whom sent, and counts by outcome."""
    outcome = _ROWS.c.outcome
    marks = {"away": outcome == "", **{one.value: outcome == one.value for one in SealOutcome}}
    sums = [func.sum(case((mark, 1), else_=0)).label(name) for name, mark in marks.items()]
    of_list = [_LISTS.c[name] for name in ("id", "season", "partner", "certificates", "sent_at", "sent_by")]
    wanted = select(*of_list, *sums, func.max(_ROWS.c.returned_at).label("last_back"))
    wanted = wanted.join_from(_LISTS, _ROWS, _ROWS.c.list_id == _LISTS.c.id)
    wanted = wanted.where(_LISTS.c.season == season) if season else wanted
    with reading() as db:
        return [dict(row) for row in db.execute(wanted.group_by(*of_list).order_by(_LISTS.c.id)).mappings()]


@dataclass(frozen=True)
class SealSeen:
    """One way of a certificate to the partner, as its student may see it."""

    list_id: int
    partner: str
    sent_at: datetime
    outcome: str
    returned_at: datetime | None


def case_seals(db: Connection, case_id: int) -> list[SealSeen]:
    """Return when a case's certificate went to the partner, and what came back, the oldest first."""
    shown = (_ROWS.c.list_id, _LISTS.c.partner, _LISTS.c.sent_at, _ROWS.c.outcome, _ROWS.c.returned_at)
    wanted = select(*shown).join_from(_ROWS, _LISTS, _LISTS.c.id == _ROWS.c.list_id)
    rows = db.execute(wanted.where(_ROWS.c.case_id == case_id).order_by(_ROWS.c.id)).mappings()
    return [SealSeen(**row) for row in rows]
