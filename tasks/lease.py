"""Leases: a phase of a batch runs once at a time, whoever starts it and whatever dies (MODEL, Runs).

A lease is a row with an owner and an expiry on the database's clock. While its owner works, a thread renews
it. It is taken over when it has expired, and at once when its owner was a process of this machine that is no
longer there.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, type_coerce, update

from models.columns import Instant
from models.database import reading, transaction
from models.phase import LEASE, WHOLE_SEASON

LASTS = timedelta(seconds=90)
RENEWED_EVERY = 20.0  # seconds
_ROUND = 0.5  # seconds
_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else took the lease over: this run was believed dead and must not count as done."""


@dataclass(frozen=True)
class Phase:
    """What a lease is for: one flow of one batch; batch None for the season's own phases."""

    flow: str
    season: str
    batch: int | None = None

    @property
    def name(self) -> str:
        """Return the name that runs, deployments' tags and messages use: audit-2020-01-b1."""
        batch = "" if self.batch is None else f"b{self.batch}"
        return "-".join(filter(None, (self.flow, self.season, batch)))

    @property
    def deployment(self) -> str:
        """Return the name of the deployment that a season's plan made for it: audit/2020-01-b1."""
        return f"{self.flow}/{self.season}" + ("" if self.batch is None else f"-b{self.batch}")

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters of its runs."""
        return {"season": self.season} | ({} if self.batch is None else {"batch": self.batch})

    @property
    def key(self) -> dict[str, Any]:
        """Return the primary key of the lease's row."""
        batch = WHOLE_SEASON if self.batch is None else self.batch
        return {"flow": self.flow, "season": self.season, "batch": batch}


@contextmanager
def leased(
    phase: Phase, lasts: timedelta = LASTS, every: float = RENEWED_EVERY, waits: bool = False
) -> Iterator[bool]:
    """Hold the lease of a phase; yields False, and holds nothing, when somebody else has it.

    waits: until the other one is through, instead.

    Raises LeaseLost at the end when the lease was taken over meanwhile.
    """
    owner = take(phase, lasts)
    while owner is None and waits:
        time.sleep(_ROUND)
        owner = take(phase, lasts)
    if owner is None:
        yield False
        return
    over = threading.Event()
    renewer = threading.Thread(target=_keep_renewing, args=(phase, owner, lasts, every, over), daemon=True)
    renewer.start()
    try:
        yield True
    finally:
        over.set()
        renewer.join(timeout=lasts.total_seconds())
        held = release(phase, owner)
    if not held:
        raise LeaseLost(phase.name)


def take(phase: Phase, lasts: timedelta = LASTS) -> str | None:
    """Take the lease and return its owner's token; None when somebody else is at work."""
    owner = f"{_this_process()}/{secrets.token_hex(4)}"
    with transaction() as db:
        _make_row(db, phase)
        row = db.execute(
            select(LEASE.c.owner, LEASE.c.expires_at).filter_by(**phase.key).with_for_update()
        ).one()
        now = _database_clock(db)
        if _is_alive(row.owner, row.expires_at, now):
            return None
        db.execute(update(LEASE).filter_by(**phase.key).values(owner=owner, expires_at=now + lasts))
    return owner


def renew(phase: Phase, owner: str, lasts: timedelta = LASTS) -> bool:
    """Push the expiry out; False when the lease is no longer this owner's."""
    with transaction() as db:
        renewed = update(LEASE).filter_by(**phase.key, owner=owner)
        return bool(db.execute(renewed.values(expires_at=_database_clock(db) + lasts)).rowcount)


def release(phase: Phase, owner: str) -> bool:
    """Give the lease back; False when it was no longer this owner's."""
    with transaction() as db:
        freed = update(LEASE).filter_by(**phase.key, owner=owner)
        return bool(db.execute(freed.values(owner="", expires_at=_database_clock(db))).rowcount)


def is_running(phase: Phase) -> bool:
    """Say whether somebody alive holds the lease of a phase."""
    with reading() as db:
        row = db.execute(select(LEASE.c.owner, LEASE.c.expires_at).filter_by(**phase.key)).one_or_none()
        return row is not None and _is_alive(row.owner, row.expires_at, _database_clock(db))


def _keep_renewing(phase: Phase, owner: str, lasts: timedelta, every: float, over: threading.Event) -> None:
    while not over.wait(every):
        try:
            if not renew(phase, owner, lasts):
                _log.error("the lease %s was taken over", phase.name)
                return
        except Exception:  # a locked or unreachable database: the next beat tries again
            _log.warning("the lease %s could not be renewed", phase.name, exc_info=True)


def _make_row(db: Connection, phase: Phase) -> None:
    dialect = import_module(f"sqlalchemy.dialects.{db.dialect.name}")
    values = {**phase.key, "owner": "", "expires_at": _database_clock(db)}
    db.execute(dialect.insert(LEASE).values(**values).on_conflict_do_nothing())


def _is_alive(owner: str, expires_at: datetime, now: datetime) -> bool:
    return bool(owner) and now < expires_at and not _is_gone(owner)


def _database_clock(db: Connection) -> datetime:
    return db.execute(select(type_coerce(func.current_timestamp(), Instant))).scalar_one()


def _is_gone(owner: str) -> bool:
    machine, process, started, _ = owner.split("/")
    return bool(machine) and machine == _this_machine() and started != _started(int(process))


def _this_process() -> str:
    return f"{_this_machine()}/{os.getpid()}/{_started(os.getpid())}"


@lru_cache
def _this_machine() -> str:
    """Name what process numbers belong to (boot and PID namespace); empty where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _started(process: int) -> str:
    """Return when a process started, in clock ticks since boot; empty when there is none (or a zombie)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
