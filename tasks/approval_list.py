"""A list under approval, with its fingerprint; the newest proposal about a subject; and a given approval."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.columns import table_of
from models.event import record
from models.lot import Approval
from rules.season import Pack

_APPROVALS = table_of(Approval)


@dataclass(frozen=True)
class Frozen:
    """A list under approval: its fingerprint, its length, and where it belongs."""

    hash: str
    count: int
    season: str
    batch: int | None
    summary: dict[str, str]


def last_proposal(db: Connection, kind: str, subject_id: int) -> Any:
    """Return the newest approval row about a subject."""
    wanted = select(_APPROVALS).where(_APPROVALS.c.kind == str(kind), _APPROVALS.c.subject_id == subject_id)
    return db.execute(wanted.order_by(_APPROVALS.c.id.desc())).first()


@dataclass(frozen=True)
class Verdict:
    """A yes: whose, as of when, under which document's number and policy pack. row: of approval."""

    row: Any
    by: str
    as_of: datetime
    document_no: str
    pack: Pack

    @property
    def said(self) -> dict[str, Any]:
        """Return what the event of an approval says."""
        return {"approval": self.row.id, "list": self.row.frozen_hash, "document_no": self.document_no}

    def tell(self, db: Connection, stream: str) -> None:
        """Write the approval into a stream of events."""
        record(db, stream, f"{self.row.kind}-approved", self.as_of, actor=self.by, **self.said)
