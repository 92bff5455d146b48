"""What stands against an amendment: it may not contradict what was received, numbered or decided."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, func, select

import rules.refusals_amendment  # noqa: F401  registers its codes
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.submission import Submission
from rules.refusals import Refused
from rules.season import Pack
from rules.windows import BY_BATCH, place

_CASES, _SHEETS, _SUBMISSIONS = (table_of(table) for table in (Case, CertificateSheet, Submission))
_NAMED = 10  # receipts named in a refusal


def refuse_impossible(db: Connection, before: Pack, after: Pack) -> None:
    """Raise Refused amend-batch-used, amend-data-outside or amend-issued, each with names."""
    _refuse_used_batches(db, after)
    _refuse_data_outside(db, before, after)
    _refuse_issued(db, before, after)


def _refuse_used_batches(db: Connection, after: Pack) -> None:
    """N4: a batch with students is neither removed nor cancelled."""
    kept = [batch.number for batch in after.open_batches]
    lost = (_CASES.c.season == after.season, _CASES.c.batch.not_in(kept))
    wanted = select(_CASES.c.batch, _CASES.c.branch, func.count().label("cases")).where(*lost)
    rows = db.execute(wanted.group_by(_CASES.c.batch, _CASES.c.branch).order_by(_CASES.c.batch)).all()
    if rows:
        own = [row for row in rows if row.batch == rows[0].batch]
        units = "、".join(sorted(row.branch for row in own))
        raise Refused(
            "amend-batch-used", batch=own[0].batch, units=units, count=sum(row.cases for row in own)
        )


def _refuse_data_outside(db: Connection, before: Pack, after: Pack) -> None:
    """T1: what a batch took stays inside its windows."""
    taken = (_SUBMISSIONS.c.season == after.season, _SUBMISSIONS.c.accepted > 0)
    wanted = select(_SUBMISSIONS).where(*taken, _SUBMISSIONS.c.kind.in_([str(kind) for kind in BY_BATCH]))
    outside: dict[int, list[str]] = defaultdict(list)
    for row in db.execute(wanted.order_by(_SUBMISSIONS.c.id)):
        was, now = (place(pack, row.kind, row.received_at) for pack in (before, after))
        still = now.batch == row.batch and now.outcome in ("open", was.outcome)
        if was.batch == row.batch and not still:
            outside[row.batch].append(f"{row.id} ({row.branch} {row.kind})")
    for batch, receipts in outside.items():
        named = "、".join(receipts[:_NAMED]) + ("…" if len(receipts) > _NAMED else "")
        raise Refused("amend-data-outside", batch=batch, count=len(receipts), receipts=named)


def _refuse_issued(db: Connection, before: Pack, after: Pack) -> None:
    """N7: no date that stands on a certificate changes once there are numbers."""
    for name, old, new in _days_on_certificates(before, after):
        if old != new and (count := _numbered(db, after.season)):
            raise Refused("amend-issued", count=count, what=name, old=old, new=new)


def _days_on_certificates(before: Pack, after: Pack) -> list[tuple[str, date, date]]:
    return [
        ("发证日期 issue date", before.issue_date, after.issue_date),
        ("毕业日期 graduation date", before.graduation_date, after.graduation_date),
    ]


def _numbered(db: Connection, season: str) -> int:
    of_season = _SHEETS.join(_CASES, _CASES.c.id == _SHEETS.c.case_id)
    wanted = select(func.count()).select_from(of_season).where(_CASES.c.season == season)
    return int(db.scalar(wanted) or 0)
