"""Personal data in full: written down before they are shown, and decrypted only with the right key."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

import rules.refusals_cases
import rules.refusals_installation  # noqa: F401  these register their codes
from models.event import record
from models.keys import decrypt_ids
from models.settings import settings
from rules.refusals import Refused

UNMASKED = "unmasked"
_NAME_WIDTH = 80


def note_unmasked(
    db: Connection, stream: str, what: str, case_ids: Iterable[int], by: str, at: datetime
) -> None:
    """Write down who is shown whose personal data in full, and where; Refused unmasked-nameless.

    Call it in a transaction that is committed before anything is shown. what: the command, such as
    `case show`.
    """
    name = by.strip()[:_NAME_WIDTH]
    if not name:
        raise Refused("unmasked-nameless")
    ids = sorted(case_ids)
    record(db, stream, UNMASKED, at, actor=name, ids=ids, what=what, cases=ids)


def id_number(cipher: bytes) -> str:
    """Return one ID number in the clear; Refused keys-other when the key is not that of the database."""
    try:
        return decrypt_ids([cipher])[0] if cipher else ""
    except (InvalidTag, ValueError):
        raise Refused("keys-other", file=settings().keys / "id.key") from None
