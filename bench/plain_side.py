"""The other side of a bench: the plainest thing that can be done with the same bytes, and no check at all."""

import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.data import SCORE_SHEETS, manifest

Rows = list[tuple[Any, ...]]


@dataclass
class Timed:
    """Seconds by the clock and of the processor (all cores together), and the rows that were seen."""

    wall: float = 0.0
    cpu: float = 0.0
    rows: int = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Add the time of what is done inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu


_PREPARED = ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536")
TABLES = ("graduation_case", "decision", "certificate", "registry_row")


def score_files(folder: Path) -> list[Path]:
    """Return the season's score sheets as Biye judges them: bytes that were sent twice count once."""
    rows = [row for row in manifest(folder) if row["kind"] in SCORE_SHEETS]
    once = {
        (row["branch"], row["kind"], (folder / row["file"]).read_bytes()): row["file"] for row in rows[::-1]
    }
    return [folder / file for file in sorted(once.values())]


def grade_files(home: Path) -> list[Path]:
    """Return the Parquet files of accepted score rows in an installation's archive."""
    with closing(sqlite3.connect(home / "biye.db")) as db:
        found = db.execute("SELECT grades FROM submission WHERE grades IS NOT NULL").fetchall()
    return [home / "archive" / digest[:2] / digest for (digest,) in found]


def read_text(files: Sequence[Path]) -> Timed:
    """Read all columns of CSV files as text with DuckDB, on all cores, and do nothing with them.

    DuckDB has no GB18030: those files are read as Latin-1, byte by byte, which is less work.
    """
    timed = Timed()
    with duckdb.connect() as database:
        for file in files:
            with file.open("rb") as opened:
                encoding = "utf-8" if "学号".encode() in opened.readline() else "latin-1"
            told = "header = false, skip = 1, all_varchar = true, delim = ',', quote = ''"
            query = f"SELECT count(columns(*)) FROM read_csv('{file}', {told}, encoding = '{encoding}')"
            with timed.running():
                found = database.execute(query).fetchone()
            timed.rows += found[0] if found else 0
    return timed


def sum_grades(files: Sequence[Path]) -> Timed:
    """Add up the scores of each student and course over stored Parquet files, in one query on all cores."""
    paths, timed = [str(file) for file in files], Timed()
    grouped = (
        "SELECT student_id, course_id, sum(score) AS sum, count(*) AS rows FROM read_parquet(?) GROUP BY ALL"
    )
    with duckdb.connect() as database, timed.running():
        found = database.execute(f"SELECT sum(sum), sum(rows) FROM ({grouped})", [paths]).fetchone()
    timed.rows = int(found[1]) if found else 0
    return timed


class Driver(ABC):
    """A database's driver alone: the rows that Biye wrote, written again in bulk, lot by lot."""

    @abstractmethod
    def columns(self, table: str) -> list[str]:
        """Return the columns of a table."""

    @abstractmethod
    def select(self, query: str) -> Iterable[tuple[Any, ...]]:
        """Return rows that Biye wrote."""

    @abstractmethod
    def write(self, table: str, changed: Sequence[str], rows: Rows, changes: Rows) -> None:
        """Insert a lot's rows into a table beside, and change its cases there, in one transaction.

        changed: the columns of a case that change; changes: their values, and the case's id.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def decisions(self) -> Timed:
        """Write the decisions, and lot, place and state of their cases."""
        changed = ("batch", "lot_id", "decision_id", "order_at", "order_receipt", "order_row", "audit")
        return self._written("decision", ("c.batch", "c.branch"), changed)

    def numbers(self) -> Timed:
        """Write the certificates' rows, and the state of their cases."""
        return self._written("certificate", ("c.batch",), ("certificate",))

    def registry(self) -> Timed:
        """Write the registry's rows, and the state of their cases."""
        return self._written("registry_row", ("t.package_id",), ("registration",))

    def _written(self, table: str, lot: Sequence[str], changed: Sequence[str]) -> Timed:
        """Insert a table's rows and change their cases, one transaction a lot; reading is not counted."""
        columns, cases = self.columns(table), ", ".join(f"c.{name}" for name in (*changed, "id"))
        own, join = ", ".join(f't."{name}"' for name in columns), "JOIN graduation_case c ON c.id = t.case_id"
        parts: dict[Any, tuple[Rows, Rows]] = {}
        for row in self.select(f"SELECT {', '.join(lot)}, {own}, {cases} FROM {table} t {join}"):
            rows, changes = parts.setdefault(row[: len(lot)], ([], []))
            rows.append(row[len(lot) : len(lot) + len(columns)])
            changes.append(row[len(lot) + len(columns) :])
        timed = Timed()
        for rows, changes in parts.values():
            with timed.running():
                self.write(table, changed, rows, changes)
            timed.rows += len(rows)
        return timed


def cases_before(columns: Iterable[str]) -> str:
    """Return what to select of a table of cases to have them as they were before their audit."""
    reset = dict.fromkeys(("lot_id", "decision_id", "order_at", "order_receipt", "order_row"), "NULL")
    reset |= {"audit": "'awaiting'", "registration": "'none'", "certificate": "'none'"}
    return ", ".join(reset.get(name, f'"{name}"') for name in columns)


class SqliteDriver(Driver):
    """Rows by `executemany`."""

    def __init__(self, written: Path, scratch: Path) -> None:
        """Make the same tables and indexes beside, with the cases as they were before.

        written: Biye's database; scratch: a file that is not there yet.
        """
        self._from = sqlite3.connect(written)
        self._to = sqlite3.connect(scratch, isolation_level=None)
        for pragma in _PREPARED:
            self._to.execute(f"PRAGMA {pragma}")
        marks = ", ".join("?" * len(TABLES))
        made = f"tbl_name IN ({marks}) AND sql IS NOT NULL ORDER BY type DESC"
        for (statement,) in self._from.execute(f"SELECT sql FROM sqlite_master WHERE {made}", TABLES):
            self._to.execute(statement)
        columns = self.columns("graduation_case")
        rows = self._from.execute(f"SELECT {cases_before(columns)} FROM graduation_case").fetchall()
        self._to.execute("BEGIN")
        self._to.executemany(_insert("graduation_case", columns), rows)
        self._to.execute("COMMIT")

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table."""
        return [row[1] for row in self._from.execute(f"PRAGMA table_info({table})")]

    def select(self, query: str) -> Iterable[tuple[Any, ...]]:
        """Return rows that Biye wrote."""
        return self._from.execute(query)

    def write(self, table: str, changed: Sequence[str], rows: Rows, changes: Rows) -> None:
        """Insert and update with one prepared statement each."""
        assigned = ", ".join(f"{name} = ?" for name in changed)
        self._to.execute("BEGIN IMMEDIATE")
        self._to.executemany(_insert(table, self.columns(table)), rows)
        self._to.executemany(f"UPDATE graduation_case SET {assigned} WHERE id = ?", changes)
        self._to.execute("COMMIT")

    def close(self) -> None:
        """Let go of both databases."""
        self._from.close()
        self._to.close()


def _insert(table: str, columns: Sequence[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(columns))})"
