"""What the audit and the export lay before a second person; nothing waits in a run for the answer."""

from datetime import datetime

from sqlalchemy import select, true

from models.case import Case
from models.columns import table_of
from models.database import transaction
from models.lot import Lot
from rules.approvals import ApprovalKind, same_name
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Audit
from tasks.approval import propose
from tasks.approval_close import season_number
from tasks.closure import refuse_closed
from tasks.season_close import closing, refuse_open

CASES, LOTS = table_of(Case), table_of(Lot)
PROPOSER = "Biye 自动提交"


def propose_lots(season: str, batch: int, as_of: datetime, lane: str | None = None) -> list[int]:
    """Propose every lot with passed cases that nobody has approved; returns the approvals. lane: only its."""
    passed = (
        select(LOTS.c.id)
        .distinct()
        .join(CASES, CASES.c.lot_id == LOTS.c.id)
        .where(LOTS.c.season == season, LOTS.c.batch == batch, CASES.c.audit == Audit.PASSED)
        .where(LOTS.c.approved_at.is_(None), true() if lane is None else LOTS.c.lane == lane)
        .order_by(LOTS.c.id)
    )
    with transaction() as db:
        lots = list(db.execute(passed).scalars())
        return [propose(db, "lot-audit", lot, None, PROPOSER, as_of) for lot in lots]


def propose_upload(package_id: int, as_of: datetime) -> int:
    """Propose the upload of a registry package; returns the approval."""
    with transaction() as db:
        return propose(db, "registry-upload", package_id, None, PROPOSER, as_of)


def propose_close(season: str, pack: Pack, by: str, as_of: datetime) -> int:
    """Propose to close a season (N5); returns the approval.

    Raises Refused approval-nameless, season-closed, and close-open while a gap is unexplained or something
    waits that no gap explains.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        refuse_closed(db, season)
        refuse_open(closing(db, season, pack, as_of))
        return propose(db, ApprovalKind.SEASON_CLOSE, season_number(season), None, by, as_of)
