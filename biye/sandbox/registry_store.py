"""What the registry's stand-in (演示替身) keeps, in a folder: it survives restarts, and doubles nothing."""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from biye.sandbox.registry_rows import USUAL, Check, judge_package
from tasks.registry_package import TABLE

LABEL = "演示替身，不是学信网 · a sandbox, not CHSI"
_TABLES = """
CREATE TABLE IF NOT EXISTS package (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, sha256 TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS judged (
    package INTEGER NOT NULL REFERENCES package, number TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (package, number)
);
"""


class OtherBytes(Exception):
    """A key came again with other bytes than the first time."""


@dataclass(frozen=True)
class Receipt:
    """What the stand-in confirms about one key."""

    receipt: str
    sha256: str
    rows: int


class RegistryStore:
    """The stand-in's memory: one file in a folder. Personal data: certificate numbers, nothing else."""

    def __init__(self, folder: Path, checks: Collection[Check] = USUAL) -> None:
        """Open what the folder holds; a folder that is not there is made."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._checks = folder / "registry.db", frozenset(checks)
        with self._open() as db:
            db.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose transactions are written out here."""
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as db:
            yield db

    def accept(self, key: str, data: bytes) -> Receipt:
        """Take a package, once a key; raises OtherBytes, NotAPackage."""
        digest = hashlib.sha256(data).hexdigest()
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")  # of two that bring one key the second waits and finds the first's
            if (known := _receipt(db, key)) is None:
                self._keep(db, key, digest, data)
                known = _receipt(db, key)
            db.execute("COMMIT")
        if known is None or known.sha256 != digest:
            raise OtherBytes
        return known

    def _keep(self, db: sqlite3.Connection, key: str, digest: str, data: bytes) -> None:
        table, judged = judge_package(data, frozenset(_accepted(db)), self._checks)
        content = "graduates" if table == TABLE else "photos"
        row = db.execute(
            "INSERT INTO package (key, sha256, content) VALUES (?, ?, ?)", (key, digest, content)
        )
        rows = [(row.lastrowid, one.number, one.reason) for one in judged]
        db.executemany("INSERT INTO judged VALUES (?, ?, ?)", rows)

    def receipt_of(self, key: str) -> Receipt | None:
        """Return what was confirmed about a key, None if it never came."""
        with self._open() as db:
            return _receipt(db, key)

    def results(self, key: str, twice: bool = False) -> bytes | None:
        """Return the receipt file of a package, None if it never came. twice: with every row doubled."""
        with self._open() as db:
            if _receipt(db, key) is None:
                return None
            wanted = "SELECT number, reason FROM judged JOIN package ON package = id WHERE key = ? ORDER BY 1"
            rows = db.execute(wanted, (key,)).fetchall()
        written = io.StringIO(newline="")
        lines = csv.writer(written)
        lines.writerow(("ZSBH", "注册状态", "BZ", "PCH", "说明"))
        told = [(number, "失败" if why else "成功", why, key, LABEL) for number, why in rows]
        lines.writerows(told * (2 if twice else 1))
        return written.getvalue().encode()

    def registered(self) -> list[str]:
        """Return every accepted graduate's certificate number, one an acceptance: none may stand twice."""
        with self._open() as db:
            return _accepted(db)

    def counts(self) -> tuple[int, int, int]:
        """Return packages, rows judged and graduates registered."""
        with self._open() as db:
            one = db.execute("SELECT (SELECT COUNT(*) FROM package), (SELECT COUNT(*) FROM judged)")
            packages, rows = one.fetchone()
            return packages, rows, len(_accepted(db))


def _receipt(db: sqlite3.Connection, key: str) -> Receipt | None:
    wanted = "SELECT id, sha256, (SELECT COUNT(*) FROM judged WHERE package = id) FROM package WHERE key = ?"
    row = db.execute(wanted, (key,)).fetchone()
    return None if row is None else Receipt(f"SANDBOX-{row[0]:06d}", row[1], row[2])


def _accepted(db: sqlite3.Connection) -> list[str]:
    wanted = (
        "SELECT number FROM judged JOIN package ON package = id WHERE reason = '' AND content = 'graduates'"
    )
    return [number for (number,) in db.execute(wanted + " ORDER BY number")]
