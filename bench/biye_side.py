"""Biye's side of a bench, in a process of its own: `python -m bench.biye_side FOLDER` with BIYE_HOME set.

Every timed call is one that a step of a flow makes. The answer is one line of JSON: seconds by the
clock and of the processor, rows by name, and the process's peak memory.
"""

import csv
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

import tasks.registry_export as registry_export
from bench.data import SCORE_SHEETS
from biye.preloaded import settle_memory
from models.database import migrate, reading, transaction
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
from tasks.policy import adopt_pack, load_reference
from tasks.proposal import propose_lots
from tasks.receiving import SUBMISSIONS, receive
from tasks.registry_export import export_lot

AT = datetime(2020, 3, 20, 9, tzinfo=SHANGHAI)  # after the last receipt
BATCHES = (1, 2)
OUTCOMES = ("accepted", "refused", "held", "parked", "duplicate")


class Run:
    """One season from the first byte to the registry's rows; seconds and rows by name of what was done."""

    def __init__(self, folder: Path) -> None:
        """Set up an empty installation with the season's reference data and policy."""
        migrate()
        self.folder = folder
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.rows: Counter[str] = Counter()
        self.reference: Reference = load_reference(folder / "reference", now_in_shanghai())
        text = (folder / "season.yaml").read_text(encoding="utf-8")
        self.pack: Pack = adopt_pack(text, "season.yaml", now_in_shanghai())
        self.kinds: dict[int, str] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time of what is done inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name] += time.perf_counter() - wall
        self.cpu[name] += time.process_time() - cpu

    def take_everything(self) -> None:
        """Receive and judge every file in the order of its receipt, then what was parked for batch 2."""
        with (self.folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
            for row in sorted(csv.DictReader(lines), key=lambda row: row["received_at"]):
                self._receive(row)
        for receipt in waiting_submissions(self.pack.season, AT):
            self._judge(receipt, None)
        for batch in BATCHES[1:]:
            for receipt in parked_submissions(self.pack.season, batch, self.pack):
                self._judge(receipt, batch)

    def _receive(self, row: dict[str, str]) -> None:
        data, at = (self.folder / row["file"]).read_bytes(), datetime.fromisoformat(row["received_at"])
        with self.timed(_intake(row["kind"])):
            try:
                name = Path(row["file"]).name
                receipt = receive(self.pack.season, row["kind"], row["branch"], name, data, at)
            except Refused:  # sent twice
                return
        self.kinds[receipt] = row["kind"]

    def _judge(self, receipt: int, batch: int | None) -> None:
        with self.timed(_intake(self.kinds[receipt])):
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
            others = db.scalar(
                select(func.sum(SUBMISSIONS.c.rows_read)).where(SUBMISSIONS.c.kind.not_in(SCORE_SHEETS))
            )
        self.rows.update(dict(zip(("intake", *OUTCOMES), map(int, found), strict=True)))
        self.rows["people"] = int(others or 0)


def _intake(kind: str) -> str:
    return "intake" if kind in SCORE_SHEETS else "people"


def peak_memory() -> int:
    """Return this process's largest resident size so far, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Run a season and print what was measured."""
    settle_memory()  # as in a run
    run = Run(Path(sys.argv[1]))
    keep = registry_export._keep_package

    def timed_keep(*given: object, **named: object) -> object:
        with run.timed("registry"):
            return keep(*given, **named)  # type: ignore[arg-type]

    registry_export._keep_package = timed_keep  # type: ignore[assignment]
    run.take_everything()
    for batch in BATCHES:
        run.graduate(batch)
    run.count_rows()
    run.rows["registry"] = run.rows["numbers"]
    run.rows["audit"] = run.rows["decisions"]
    measured = {"wall": dict(run.wall), "cpu": dict(run.cpu), "rows": dict(run.rows), "peak": peak_memory()}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
