"""A season replayed by date: files, deployed runs and human acts in the order of the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from biye.sandbox.agenda import Act, Step, agenda
from biye.sandbox.bearers import carry, collect_all
from biye.sandbox.deployed_runs import DeployedRuns
from biye.sandbox.manifest import Sent
from biye.sandbox.registry import receipt_for, unanswered_packages
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.submission import Kind
from tasks.approval import approvals, approve
from tasks.certificate_due import batches_due
from tasks.lease import Phase
from tasks.receiving import receive
from tasks.registration import mark_sent

APPROVER = "演示审批人 王审核"
SENDER = "演示上报人 李上报"
RUNS = frozenset(
    {Act.OPEN, Act.INTAKE, Act.AUDIT, Act.REGISTER, Act.CERTIFY, Act.DISPATCH, Act.CLOSE, Act.WATCH}
)


@dataclass
class Replay:
    """A replay in progress. files: in the order of receipt. tell: hears what people and stand-ins do."""

    pack: Pack
    reference: Reference
    files: list[Sent]
    runs: DeployedRuns
    tell: Callable[[str], None]

    def play(self) -> datetime:
        """Replay the whole season and return its last instant."""
        steps = agenda(self.pack, [sent.received_at.date() for sent in self.files])
        for step in steps:
            self._do(step)
        return steps[-1].at

    def _do(self, step: Step) -> None:
        if step.act in RUNS:
            self.runs.run(Phase(step.act, self.pack.season, step.batch), step.at)
            return
        acts: dict[Act, Callable[[datetime], None]] = {
            Act.RECEIVE: self._receive,
            Act.APPROVE: self._approve,
            Act.TAIL: partial(self._tail, step.batch),
            Act.ANSWER: self._answer,
            Act.CARRY: self._carry,
            Act.COLLECT: self._collect,
        }
        acts[step.act](step.at)

    def _receive(self, evening: datetime) -> None:
        today = [sent for sent in self.files if sent.received_at.date() == evening.date()]
        for sent in today:
            content = sent.path.read_bytes()
            try:
                receive(self.pack.season, sent.kind, sent.branch, sent.path.name, content, sent.received_at)
            except Refused as refusal:
                self.tell(f"{evening:%Y-%m-%d} {sent.branch} {sent.path.name}: {refusal.code}")
        self.tell(f"{evening:%Y-%m-%d} 收到文件 files received: {len(today)}")

    def _approve(self, at: datetime) -> None:
        """Let the demo's second person say yes to all that waits; then the package is uploaded by hand."""
        waiting = approvals(self.pack.season)
        for row in waiting:
            number = f"演示审〔{at:%Y}〕{row['id']}号"
            approve(row["id"], APPROVER, at, document_no=number, pack=self.pack)
            if row["kind"] == "registry-upload":
                mark_sent(row["subject_id"], SENDER, at)
        if waiting:
            kinds = ", ".join(sorted({row["kind"] for row in waiting}))
            self.tell(f"{at:%Y-%m-%d} 审批 approved: {len(waiting)} × {kinds}")

    def _tail(self, batch: int | None, at: datetime) -> None:
        """Print and send what became due in earlier batches, a late photo for one (N1, N7)."""
        for earlier in batches_due(self.pack.season):
            if earlier != batch:
                for act in (Act.CERTIFY, Act.DISPATCH):
                    self.runs.run(Phase(act, self.pack.season, earlier), at)

    def _answer(self, at: datetime) -> None:
        """The registry's stand-in answers what was uploaded; the answer comes in as a file like any other."""
        packages = unanswered_packages(self.pack.season)
        for package in packages:
            name = f"receipt-{package}.csv"
            receive(self.pack.season, Kind.REGISTRY_RECEIPT, HQ, name, receipt_for(package), at)
        self.tell(f"{at:%Y-%m-%d} 学信网（演示替身）反馈 answers of the registry's stand-in: {len(packages)}")

    def _carry(self, at: datetime) -> None:
        scans = carry(self.pack.season, at, self.reference)
        self.tell(f"{at:%Y-%m-%d} 扫码交接 scans: {scans}")

    def _collect(self, at: datetime) -> None:
        handed = collect_all(self.pack.season, at, self.pack)
        self.tell(f"{at:%Y-%m-%d} 学生领取 handed over: {handed}")
