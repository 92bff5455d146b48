"""Biye's side of a bench, in a process of its own: `python -m bench.biye_side people|intake|season FOLDER`.

`people` makes an installation in BIYE_HOME and takes in whom the season is about; `season` goes on in such
an installation with grades, audit, numbers and packages, `intake` with grades alone. Every timed call is one
that a step of a flow makes. The answer is one line of JSON: seconds by the clock and of the processor, rows
by name, the peak memory.
"""

import json
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

import tasks.registry_export as registry_export
from bench.data import SCORE_SHEETS, manifest
from biye.preloaded import settle_memory
from models.database import engine, migrate, reading, transaction
from rules.approvals import ApprovalKind
from rules.clock import SHANGHAI, now_in_shanghai
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from tasks.answering import answer
from tasks.approval import approvals, approve
from tasks.audit import audit_lot, branches_to_audit, decide
from tasks.decision import still_so, write_decisions
from tasks.intake import parked_submissions, take_in, waiting_submissions
from tasks.lot import approved_lots
from tasks.numbers import allocate_numbers
from tasks.policy import adopt_pack, current_reference, load_reference, season_pack
from tasks.proposal import propose_lots
from tasks.receiving import SUBMISSIONS, receive
from tasks.registry_export import export_lot

SEASON = "2020-01"
AT = datetime(2020, 3, 20, 9, tzinfo=SHANGHAI)  # after the last receipt
BATCHES = (1, 2)
OUTCOMES = ("accepted", "refused", "held", "parked", "duplicate")


def install(folder: Path) -> None:
    """Set up an empty installation with the season's reference data and policy."""
    migrate()
    load_reference(folder / "reference", now_in_shanghai())
    adopt_pack((folder / "season.yaml").read_text(encoding="utf-8"), "season.yaml", now_in_shanghai())


class Run:
    """A part of a season; seconds and rows by name of what was done, intake also by `intake UNIT`."""

    def __init__(self, folder: Path) -> None:
        """folder: of the season's files; the installation has its reference data and policy."""
        self.folder = folder
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.rows: Counter[str] = Counter()
        self.reference: Reference = current_reference()
        self.pack: Pack = season_pack(SEASON)
        self._sent: dict[int, tuple[str, ...]] = {}

    @contextmanager
    def timed(self, *names: str) -> Iterator[None]:
        """Add the time of what is done inside to each name."""
        wall, cpu = time.perf_counter(), processor_time()
        yield
        wall, cpu = time.perf_counter() - wall, processor_time() - cpu
        for name in names:
            self.wall[name] += wall
            self.cpu[name] += cpu

    def take(self, *, scores: bool) -> None:
        """Receive score sheets, or all other files, in the order of receipt, judge them, then what was parked
        for batch 2.
        """
        rows = [row for row in manifest(self.folder) if (row["kind"] in SCORE_SHEETS) == scores]
        for row in sorted(rows, key=lambda row: row["received_at"]):
            self._receive(row)
        for receipt in waiting_submissions(self.pack.season, AT):
            self._judge(receipt, None)
        for batch in BATCHES[1:]:
            for receipt in parked_submissions(self.pack.season, batch, self.pack):
                self._judge(receipt, batch)

    def _receive(self, row: dict[str, str]) -> None:
        data, at = (self.folder / row["file"]).read_bytes(), datetime.fromisoformat(row["received_at"])
        names = ("intake", f"intake {row['branch']}") if row["kind"] in SCORE_SHEETS else ("people",)
        with self.timed(*names):
            try:
                name = Path(row["file"]).name
                receipt = receive(self.pack.season, row["kind"], row["branch"], name, data, at)
            except Refused:  # sent twice
                return
        self._sent[receipt] = names

    def _judge(self, receipt: int, batch: int | None) -> None:
        with self.timed(*self._sent[receipt]):
            take_in(receipt, self.pack, self.reference, AT, batch)
            answer(receipt, self.pack)

    def graduate(self, batch: int) -> None:
        """Audit, approve, number and export a batch."""
        branches = branches_to_audit(self.pack.season)
        for branch in branches:
            with self.timed("audit"):
                audit_lot(self.pack.season, batch, branch, AT, dry_run=True)
            self._write_decisions(batch, branch)
        propose_lots(self.pack.season, batch, AT)
        lots = [one for one in approvals(self.pack.season) if one["kind"] == ApprovalKind.LOT_AUDIT]
        for waiting in lots:  # corrections stay held: what they state lies in files of their own
            approve(waiting["id"], "王审核", AT, document_no="测〔2020〕1号", pack=self.pack)
        with self.timed("numbers"):
            self.rows["numbers"] += allocate_numbers(self.pack.season, batch, self.pack, AT)
        for lot in approved_lots(self.pack.season, batch):
            with self.timed("package"):
                export_lot(lot, self.pack, self.reference, AT)

    def _write_decisions(self, batch: int, branch: str) -> None:
        decided = decide(self.pack, self.reference, batch, branch)
        with self.timed("decisions"), transaction() as db:
            decided = still_so(db, decided)
            write_decisions(db, decided, self.pack, self.reference, (batch, branch), AT)
        self.rows["decisions"] += len(decided)
        self.rows["written"] += int((decided["change"] != "unchanged").sum())
        self.rows["passed"] += int(decided["passed"].sum())

    def count_rows(self) -> None:
        """Count the score rows by outcome, as the receipts have them."""
        columns = (SUBMISSIONS.c.rows_read, *(SUBMISSIONS.c[outcome] for outcome in OUTCOMES))
        counted = select(*(func.sum(column) for column in columns))
        with reading() as db:
            found = db.execute(counted.where(SUBMISSIONS.c.kind.in_(SCORE_SHEETS))).one()
        self.rows.update(dict(zip(("intake", *OUTCOMES), map(int, found), strict=True)))
        self.rows["registry"] = self.rows["numbers"]
        self.rows["audit"] = self.rows["decisions"]

    def count_people(self) -> None:
        """Count the rows of all files but score sheets."""
        others = select(func.sum(SUBMISSIONS.c.rows_read)).where(SUBMISSIONS.c.kind.not_in(SCORE_SHEETS))
        with reading() as db:
            self.rows["people"] = int(db.scalar(others) or 0)


def processor_time() -> float:
    """Return the processor seconds of this process and of the processes that it started and that ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def peak_memory() -> int:
    """Return this process's largest resident size so far, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


def people(folder: Path) -> Run:
    """Make an installation with everything but the grades."""
    install(folder)
    run = Run(folder)
    run.take(scores=False)
    run.count_people()
    return run


def intake(folder: Path) -> Run:
    """Take in the grades, and nothing more."""
    run = Run(folder)
    run.take(scores=True)
    return run


def season(folder: Path) -> Run:
    """Take in the grades, and graduate both batches."""
    run, keep = Run(folder), registry_export._keep_package

    def timed_keep(*given: object, **named: object) -> object:
        with run.timed("registry"):
            return keep(*given, **named)  # type: ignore[arg-type]

    registry_export._keep_package = timed_keep  # type: ignore[assignment]
    run.take(scores=True)
    for batch in BATCHES:
        run.graduate(batch)
    run.count_rows()
    return run


def main() -> None:
    """Do a part and print what was measured."""
    settle_memory()  # as in a run
    run = {"people": people, "intake": intake, "season": season}[sys.argv[1]](Path(sys.argv[2]))
    engine().dispose()  # nothing stays in a write-ahead log: the installation may be copied
    measured = {"wall": dict(run.wall), "cpu": dict(run.cpu), "rows": dict(run.rows), "peak": peak_memory()}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
