"""A season replayed by date: files, runs and human acts in the order of the clock."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import cast

from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment

from biye.sandbox.bearers import carry, collect_all
from biye.sandbox.registry import receipt_for, unanswered_packages
from rules.clock import at_time
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.windows import batch_open_at, windows_for
from tasks.approval import approvals, approve
from tasks.receiving import receive
from tasks.registration import mark_sent

APPROVER = "演示审批人 王审核"
SENDER = "演示上报人 李上报"
EVENING = time(23, 59, 59)
RUN_SECONDS = 900
PAUSE = 6  # days without files after which HQ audits what it has


class RunFailed(Exception):
    """A deployed run of the replay did not complete."""


def batch_of(pack: Pack, day: date) -> int:
    """Return the batch whose intake takes the files of a day; between batches the one before."""
    found = batch_open_at(pack, at_time(day, time(12)))
    before = [one.number for one in pack.open_batches if one.number <= (found or 1)]
    return found or before[-1]


def audit_days(pack: Pack, days: list[date]) -> set[date]:
    """Return the days that end with an audit: a batch's last, and those before a pause of some days."""
    chosen = set()
    for this, following in zip(days, [*days[1:], None], strict=True):
        same = following is not None and batch_of(pack, following) == batch_of(pack, this)
        begun = any(batch_of(pack, day) == batch_of(pack, this) for day in days if day < this)
        if batch_open_at(pack, at_time(this, time(12))) is None:
            continue
        if not same or following is None or (begun and (following - this).days >= PAUSE):
            chosen.add(this)
    return chosen


@dataclass
class Replay:
    """A replay in progress. tell: hears each step; runs: deployed runs so far."""

    folder: Path
    pack: Pack
    reference: Reference
    tell: Callable[[str], None]
    runs: int = 0

    def play(self) -> None:
        """Replay the whole season."""
        files = self._manifest()
        audited = audit_days(self.pack, sorted(files))
        opened: set[int] = set()
        for day in sorted(files):
            batch = batch_of(self.pack, day)
            if batch not in opened and opened:
                self._open(batch)
            opened.add(batch)
            self._receive(files[day])
            self._run("intake", batch, at_time(day, EVENING))
            if day in audited:
                self._graduate(batch, day)
        self._finish(self.pack.open_batches[-1].number)

    def _open(self, batch: int) -> None:
        """Between two batches: the registry's answers, the issue date, then the next batch opens (N7, T2)."""
        earlier = self.pack.open_batches[0].number
        self._run("intake", earlier, at_time(self.pack.issue_date, time(9)))
        self._run("watch", None, at_time(self.pack.issue_date, time(9, 30)))
        self._run("close", earlier, at_time(self.pack.issue_date, time(9, 45)))
        self._hand_over(at_time(self.pack.issue_date, time(15)))
        windows = [one.opens for one in windows_for(self.pack, "audit-data") if one.batch == batch]
        first = min(opens for opens in windows if opens is not None)
        self._run("open", batch, at_time(first.date(), time(9)))

    def _graduate(self, batch: int, day: date) -> None:
        """Audit, approve, number, register, print and send what a batch has by the end of a day."""
        at = at_time(day, EVENING)
        self._run("audit", batch, at)
        self._approve("lot-audit", at)
        self._run("register", batch, at)
        self._approve("registry-upload", at)
        self._run("certify", batch, at)
        self._run("dispatch", batch, at)
        self._answer(at)
        carry(self.pack.season, at, self.reference)
        if day >= self.pack.issue_date:
            self._hand_over(at)

    def _hand_over(self, at: datetime) -> None:
        handed = collect_all(self.pack.season, at, self.pack)
        self.tell(f"{at:%Y-%m-%d} 学生领取 handed over: {handed}")

    def _finish(self, batch: int) -> None:
        """After the last files: the registry's answers, the last hand-overs, the closing (N1)."""
        self._run("intake", batch, at_time(date(2020, 3, 20), time(9)))
        self._hand_over(at_time(date(2020, 3, 20), time(15)))
        self._run("close", batch, at_time(date(2020, 4, 18), time(0, 5)))
        self._run("watch", None, at_time(date(2020, 4, 18), time(9)))

    def _receive(self, rows: list[dict[str, str]]) -> None:
        for row in rows:
            at = datetime.fromisoformat(row["received_at"])
            data = (self.folder / row["file"]).read_bytes()
            try:
                receive(self.pack.season, row["kind"], row["branch"], Path(row["file"]).name, data, at)
            except Refused as refusal:
                self.tell(f"{at:%Y-%m-%d} {row['branch']} {refusal.code}")

    def _answer(self, at: datetime) -> None:
        """The registry's stand-in answers what was uploaded; the answer comes in as a file like any other."""
        for package in unanswered_packages(self.pack.season):
            name = f"receipt-{package}.csv"
            receive(self.pack.season, "registry-receipt", "010", name, receipt_for(package), at)

    def _approve(self, kind: str, at: datetime) -> None:
        waiting = [row for row in approvals(self.pack.season) if row["kind"] == kind]
        for row in waiting:
            approve(row["id"], APPROVER, at, document_no=f"演示审〔2020〕{row['id']}号", pack=self.pack)
            if kind == "registry-upload":
                mark_sent(row["subject_id"], SENDER, at)
        self.tell(f"{at:%Y-%m-%d} 审批 approved: {kind} {len(waiting)}")

    def _run(self, flow: str, batch: int | None, at: datetime) -> None:
        season = self.pack.season
        name = f"{flow}/{season}" + ("" if batch is None else f"-b{batch}")
        parameters = {"as_of": at.isoformat()}
        started = run_deployment(name, parameters=parameters, timeout=RUN_SECONDS, poll_interval=0.5)
        run = cast(FlowRun, started)  # typed as if it might have to be awaited; here it never has
        self.runs += 1
        self.tell(f"{at:%Y-%m-%d %H:%M} {name} {run.state_name}")
        if not (run.state and run.state.is_completed()):
            raise RunFailed(f"{name}: {run.state.message if run.state else 'no state'}")

    def _manifest(self) -> dict[date, list[dict[str, str]]]:
        """Return the files of each day in order of receipt."""
        with (self.folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
            rows = sorted(csv.DictReader(lines), key=lambda row: row["received_at"])
        by_day: dict[date, list[dict[str, str]]] = {}
        for row in rows:
            by_day.setdefault(datetime.fromisoformat(row["received_at"]).date(), []).append(row)
        return by_day
