"""The outbox: an effect outside happens once, whatever dies before, while or after it does (DESIGN 6).

A row goes new → sending → done. Who finds it `sending` with nobody at work, or heard no answer, makes it
`unknown`: then the other side is asked first, and told again under the same key only if it knows of nothing.
The lease of a row, on the database's clock, lets one worker at a time near it; `attempts` is the number under
which that worker writes, so that one who was believed dead can write nothing any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

import rules.refusals_registration  # noqa: F401  registers its codes
from models.database import transaction
from models.event import record
from models.outbox import OUTBOX, OutboxState
from rules.refusals import BiyeError, Refused, Unknown, Unsent
from tasks.lease import LeaseLost, Phase, leased

SETTLED = frozenset({OutboxState.DONE, OutboxState.REFUSED})
# What follows from each type of failure where something retries: the type decides, never the message.
_AFTER: dict[type[BiyeError], OutboxState] = {
    Refused: OutboxState.REFUSED,
    Unsent: OutboxState.NEW,
    Unknown: OutboxState.UNKNOWN,
}


@dataclass(frozen=True)
class Effect:
    """What a row of one kind does outside, and what follows from it, in the transaction that notes it.

    check: refuse at the last moment. send, ask: the other side's receipt; ask: None if it knows of nothing.
    unsure, done: write into the database. row: of the outbox.
    """

    check: Callable[[Connection, Any], None]
    send: Callable[[Any], str]
    ask: Callable[[Any], str | None]
    unsure: Callable[[Connection, Any, datetime], None]
    done: Callable[[Connection, Any, datetime], None]


def put_outgoing(db: Connection, kind: str, subject_id: int, key: str, season: str, as_of: datetime) -> int:
    """Put an effect into the outbox and return its id; what is there already stays as it is."""
    known = db.scalar(select(OUTBOX.c.id).filter_by(kind=kind, subject_id=subject_id))
    if known is not None:
        return int(known)
    row = {"kind": kind, "subject_id": subject_id, "key": key, "season": season, "changed_at": as_of}
    made = insert(OUTBOX).values(**row, state=OutboxState.NEW, attempts=0, code="", receipt="")
    outgoing = int(db.execute(made.returning(OUTBOX.c.id)).scalar_one())
    record(db, _stream(outgoing), "outbox-new", as_of, of=kind, subject=subject_id)
    return outgoing


def deliver(outgoing: int, season: str, effect: Effect, as_of: datetime) -> OutboxState:
    """Bring one row as far as it comes now and return where it stands; `sending` if somebody else is at it.

    Raises what the effect raises: Refused (also where its check refuses: then the row stays as it was),
    Unsent, Unknown; LeaseLost when this worker was believed dead.
    """
    with leased(Phase("outbox", season, outgoing)) as free:
        if not free:
            return OutboxState.SENDING
        row = _claimed(outgoing, effect, as_of)
        if row.state in SETTLED:
            return OutboxState(row.state)
        receipt = effect.ask(row) if row.state == OutboxState.UNKNOWN else None
        if receipt is None:
            receipt = _send(row, effect, as_of)
        with transaction() as db:
            _to(db, row, OutboxState.DONE, as_of, receipt=receipt)
            effect.done(db, row, as_of)
        return OutboxState.DONE


def _claimed(outgoing: int, effect: Effect, as_of: datetime) -> Any:
    """Return the row under a new number; one that nobody finished sending is unknown."""
    wanted = select(OUTBOX).where(OUTBOX.c.id == outgoing)
    with transaction() as db:
        row = db.execute(wanted.with_for_update()).one()
        if row.state in SETTLED:
            return row
        db.execute(update(OUTBOX).where(OUTBOX.c.id == outgoing).values(attempts=row.attempts + 1))
        row = db.execute(wanted).one()
        if row.state == OutboxState.SENDING:
            _to(db, row, OutboxState.UNKNOWN, as_of)
            effect.unsure(db, row, as_of)
        return db.execute(wanted).one()


def _send(row: Any, effect: Effect, as_of: datetime) -> str:
    with transaction() as db:
        effect.check(db, row)
        _to(db, row, OutboxState.SENDING, as_of)
    try:
        return effect.send(row)
    except BiyeError as failure:
        with transaction() as db:
            _note_failure(db, row, failure, effect, as_of)
        raise


def _note_failure(db: Connection, row: Any, failure: BiyeError, effect: Effect, as_of: datetime) -> None:
    """Write where a failed sending leaves the row; what was unknown before stays so until it is done."""
    after = next(state for kind, state in _AFTER.items() if isinstance(failure, kind))
    if after is OutboxState.NEW and row.state == OutboxState.UNKNOWN:
        after = OutboxState.UNKNOWN
    _to(db, row, after, as_of, code=failure.code)
    if after is OutboxState.UNKNOWN:
        effect.unsure(db, row, as_of)


def _to(db: Connection, row: Any, state: OutboxState, as_of: datetime, code: str = "", **also: str) -> None:
    """Write a row's state under the number of this worker, with its event; LeaseLost if another has it."""
    mine = (OUTBOX.c.id == row.id) & (OUTBOX.c.attempts == row.attempts) & OUTBOX.c.state.not_in(SETTLED)
    written = update(OUTBOX).where(mine).values(state=state, code=code, changed_at=as_of, **also)
    if not db.execute(written).rowcount:
        raise LeaseLost(f"outbox {row.id}")
    record(db, _stream(row.id), f"outbox-{state}", as_of, attempt=row.attempts, code=code)


def close_outgoing(db: Connection, kind: str, subject_id: int, as_of: datetime, by: str) -> None:
    """Note that a person did it by hand; without a row, or with one that is done, nothing happens."""
    _by_hand(db, kind, subject_id, OUTBOX.c.state != OutboxState.DONE, OutboxState.DONE, as_of, by)


def reopen_outgoing(db: Connection, kind: str, subject_id: int, as_of: datetime, by: str) -> bool:
    """Let what was refused go again; False where nothing was refused."""
    refused = OUTBOX.c.state == OutboxState.REFUSED
    # It may have come through under another answer than the one we heard: ask before it is sent again.
    return _by_hand(db, kind, subject_id, refused, OutboxState.UNKNOWN, as_of, by)


def _by_hand(
    db: Connection, kind: str, subject_id: int, where: Any, state: OutboxState, as_of: datetime, by: str
) -> bool:
    chosen = (OUTBOX.c.kind == kind) & (OUTBOX.c.subject_id == subject_id) & where
    values = {"state": state, "code": "", "changed_at": as_of, "attempts": OUTBOX.c.attempts + 1}
    outgoing = db.scalar(update(OUTBOX).where(chosen).values(values).returning(OUTBOX.c.id))
    if outgoing is not None:
        record(db, _stream(outgoing), f"outbox-{state}-by-hand", as_of, actor=by)
    return outgoing is not None


def _stream(outgoing: int) -> str:
    return f"outbox:{outgoing}"
