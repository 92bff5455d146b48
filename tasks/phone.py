"""Phones of units: bound by a code shown once, let in without a password, cut off at once (N9, G2)."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, func, insert, select

from models.account import Account, PhoneInvitation
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from rules.accounts import ROLE_OF_PHONE
from rules.reference import Reference
from rules.refusals import Reason, Refused, register
from tasks.account import STREAM
from tasks.web_session import OF_PHONE, digest_of_token, open_session

_ACCOUNTS, _INVITATIONS = table_of(Account), table_of(PhoneInvitation)
INVITED_FOR = timedelta(minutes=15)
PREFIX = "phone-"

register(
    Reason(
        "phone-invitation",
        "N9",
        "绑定码无效：已用过、已过期或不完整。",
        "This code binds no phone: it was used, is over, or is not whole.",
        "请让管理员重新生成绑定码，并在 15 分钟内用这部手机扫描。",
        "Ask for a new one and scan it with this phone within 15 minutes.",
    ),
)


def invite_phone(unit: str, at: datetime, actor: str, reference: Reference) -> tuple[str, str]:
    """Make room for one more phone of a unit; return its name and the code that binds it once.

    Raises Refused N9-unknown-organisation.
    """
    tree = reference.tree
    role = ROLE_OF_PHONE[tree.levels[tree.known(unit)]]
    code = secrets.token_urlsafe(24)
    with transaction() as db:
        name = _next_name(db, unit)
        blank = {"password_hash": "", "totp_cipher": b"", "totp_step": 0}
        row = {"name": name, "role": role, "unit": unit, "created_at": at, **blank}
        account = db.execute(insert(_ACCOUNTS).values(**row).returning(_ACCOUNTS.c.id)).scalar_one()
        invited = {"digest": digest_of_token(code), "account_id": account, "expires_at": at + INVITED_FOR}
        db.execute(insert(_INVITATIONS).values(**invited))
        record(db, STREAM, "phone-invited", at, actor=actor, account=name, unit=unit)
    return name, code


def bind_phone(code: str, at: datetime) -> str:
    """Bind the phone that shows this code and return its session's token; Refused phone-invitation."""
    with transaction() as db:
        invitation = _taken(db, code)
        if invitation is None or invitation.expires_at <= at or invitation.disabled_at:
            raise Refused("phone-invitation")
        record(db, STREAM, "phone-bound", at, actor=invitation.name, account=invitation.name)
        return open_session(db, at, OF_PHONE, account_id=invitation.account_id)


def list_phones() -> list[Row[tuple[str, str, datetime, datetime | None]]]:
    """Return name, unit, created_at and disabled_at of every phone, by unit."""
    shown = (_ACCOUNTS.c.name, _ACCOUNTS.c.unit, _ACCOUNTS.c.created_at, _ACCOUNTS.c.disabled_at)
    phones = select(*shown).where(_ACCOUNTS.c.name.startswith(PREFIX, autoescape=True))
    with reading() as db:
        return list(db.execute(phones.order_by(_ACCOUNTS.c.unit, _ACCOUNTS.c.id)).all())


def _next_name(db: Connection, unit: str) -> str:
    mine = _ACCOUNTS.c.name.startswith(f"{PREFIX}{unit}-", autoescape=True)
    count = db.scalar(select(func.count()).select_from(_ACCOUNTS).where(mine)) or 0
    return f"{PREFIX}{unit}-{count + 1}"


def _taken(db: Connection, code: str) -> Row[tuple[int, datetime, str, datetime | None]] | None:
    """Return the invitation of a code and take it away: it binds one phone."""
    of_code = _INVITATIONS.c.digest == digest_of_token(code)
    shown = (_INVITATIONS.c.account_id, _INVITATIONS.c.expires_at, _ACCOUNTS.c.name, _ACCOUNTS.c.disabled_at)
    joined = select(*shown).join(_ACCOUNTS, _ACCOUNTS.c.id == _INVITATIONS.c.account_id)
    found = db.execute(joined.where(of_code)).one_or_none()
    db.execute(delete(_INVITATIONS).where(of_code))
    return found
