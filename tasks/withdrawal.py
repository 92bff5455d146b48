"""The one place that moves withdrawals: a set at a time, by the table of legal moves, with its event (N8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models.bulk import among
from models.cleanup import Withdrawal
from models.columns import table_of
from models.event import record
from rules.withdrawal import WithdrawalState, sources_of

ROWS = table_of(Withdrawal)


class IllegalMove(Exception):
    """A withdrawal was to be moved from where no such move begins: a programming error, nothing moves."""


def move(
    db: Connection,
    target: WithdrawalState,
    row_ids: Iterable[int],
    list_id: int,
    as_of: datetime,
    *,
    actor: str = "biye",
    values: dict[str, Any] | None = None,
    **data: Any,
) -> list[int]:
    """Move rows of a list and return their ids, in ascending order; nobody to move: no event.

    values: columns that change with the state. data: goes into the event, nothing personal.
    Raises IllegalMove when a row is in a state from which no move leads to `target`.
    """
    wanted = sorted(row_ids)
    if not wanted:
        return []
    mine = among(db, ROWS.c.id, wanted)
    states = set(db.scalars(select(ROWS.c.state).where(mine).distinct()))
    if states - set(sources_of(target)):
        raise IllegalMove(f"withdrawal → {target.value}: from {', '.join(sorted(states))}")
    db.execute(update(ROWS).where(mine).values(state=target.value, **(values or {})))
    stream = f"withdrawal-list:{list_id}"
    record(db, stream, f"withdrawal-{target.value}", as_of, actor=actor, ids=wanted, **data)
    return wanted
