"""A labelled stand-in for the ministry's registry CHSI: it answers each package of withdrawals (N8)."""

import csv
import io

from sqlalchemy import select

from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.database import reading
from rules.withdrawal import WithdrawalState
from tasks.withdrawal_answers import unanswered

_ROWS, _LISTS = table_of(Withdrawal), table_of(WithdrawalList)


def unanswered_withdrawal_packages(season: str) -> list[int]:
    """Return the packages of withdrawals that were uploaded and have rows without an answer."""
    lists = select(_LISTS.c.id).where(_LISTS.c.season == season)
    sent = (_ROWS.c.state == WithdrawalState.SENT.value, _ROWS.c.list_id.in_(lists))
    with reading() as db:
        return sorted(db.scalars(select(_ROWS.c.package_id).where(*sent).distinct()))


def withdrawal_receipt_for(package_id: int) -> bytes:
    """Return the stand-in's answer to a package: every student number accepted (an empty reason).

    To be sent by HQ (010) as a file of the kind `withdrawal-receipt`.
    """
    with reading() as db:
        numbers = unanswered(db, package_id)
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(("XH", "BZ"))
    lines.writerows((number, "") for number in numbers)
    return written.getvalue().encode()
