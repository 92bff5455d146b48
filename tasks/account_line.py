"""One line of a season's account: what a clause owed, and what became of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from rules.season import Pack


@dataclass(frozen=True)
class Line:
    """One clause's account. what: what is counted, in Chinese and English."""

    clause: str
    what: str
    due: int
    done: int
    late: int

    @property
    def held(self) -> int:
        """Return what is neither done nor late: held for a reason, or its day has not come."""
        return self.due - self.done - self.late

    @property
    def facts(self) -> dict[str, Any]:
        """Return the line for programs; ids are unique: a duty's second reading is CLAUSE/START, a clause's
        second batch CLAUSE/NUMBER.
        """
        counts = {"due": self.due, "done": self.done, "late": self.late, "held": self.held}
        return {"id": self.clause, "what": self.what, **counts}


Part = Callable[[Connection, str, Pack, datetime], Iterator[Line]]
