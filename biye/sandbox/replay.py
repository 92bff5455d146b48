"""A season replayed by date: files, deployed runs and human acts in the order of the clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from biye.sandbox.agenda import Act, Step, agenda
from biye.sandbox.bearers import Bearers
from biye.sandbox.deployed_runs import DeployedRuns
from biye.sandbox.desk import Desk
from biye.sandbox.enrolment_desk import EnrolmentDesk
from biye.sandbox.fetching import Fetching
from biye.sandbox.incidents import Incidents
from biye.sandbox.looking_up import LookingUp
from biye.sandbox.manifest import Sent
from biye.sandbox.registry import receipt_for, unanswered_packages
from biye.sandbox.stocktaking import StockTaking
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.submission import Kind
from tasks.intake import waiting_submissions
from tasks.lease import Phase
from tasks.receiving import receive
from tasks.tail import batches_with_work

RUNS = frozenset({Act.OPEN, Act.AUDIT, Act.CLOSE, Act.WATCH, Act.GAP_CHECK, Act.CLEANUP})
WHERE_DUE = frozenset({Act.INTAKE, Act.REGISTER, Act.CERTIFY, Act.DISPATCH})
DECIDING = frozenset({"audit-data", "audit-data-fast-track", "practice", "final-exam", "grade-history"})


@dataclass
class Replay:
    """A replay in progress. files: in the order of receipt. tell: hears what people and stand-ins do."""

    season: str
    reference: Reference
    files: list[Sent]
    desk: Desk
    runs: DeployedRuns
    tell: Callable[[str], None]
    incidents: Incidents = field(init=False)

    def __post_init__(self) -> None:
        """Let the people of the replay share what they notice."""
        self.incidents = Incidents(self.tell)
        self._bearers = Bearers(self.season, self.reference, self.incidents)
        self._answered: set[int] = set()
        self._students = Fetching(self.season, self.incidents)
        self._stock = StockTaking(self.season, self.reference, self.incidents)
        self._looking_up = LookingUp(self.season, self.reference, self.incidents)
        self._enrolments = EnrolmentDesk(self.season, self.tell)

    def play(self) -> datetime:
        """Replay the whole season and return its last instant."""
        days = [sent.received_at.date() for sent in self.files]
        deciding = [sent.received_at.date() for sent in self.files if sent.kind in DECIDING]
        steps = agenda(self.desk.pack, days, deciding, self.desk.amendments)
        for step in steps:
            self._do(step)
        return steps[-1].at

    def _do(self, step: Step) -> None:
        if step.act in RUNS:
            self.runs.run(Phase(step.act, self.season, step.batch), step.at)
        elif step.act in WHERE_DUE:
            self._run_where_due(step)
        else:
            self._acts()[step.act](step.at)

    def _run_where_due(self, step: Step) -> None:
        """Run a phase of each batch that has work for it; a scheduled run would find nothing elsewhere.

        The latest batch first: its registration sends late photos of all (N7).
        """
        done: list[int | None] = []
        while left := [one for one in self._due(step) if one not in done]:
            self.runs.run(Phase(step.act, self.season, left[-1]), step.at)
            done.append(left[-1])
        if not done:
            self.tell(f"{step.at:%Y-%m-%d} {step.act}：无待办，不运行 nothing to do, no run")

    def _due(self, step: Step) -> Sequence[int | None]:
        if step.act is Act.INTAKE:
            return [step.batch] if waiting_submissions(self.season, step.at) else []
        return batches_with_work(step.act, self.season)

    def _acts(self) -> Mapping[Act, Callable[[datetime], None]]:
        return {
            Act.RECEIVE: self._receive,
            Act.APPROVE: self._approve,
            Act.NOTIFY: self._enrolments.notify,
            Act.WITHDRAW: self._enrolments.withdraw,
            Act.UPLOAD: self._upload,
            Act.NAME_URGENT: lambda at: self.desk.name_urgent(at, self.incidents),
            Act.URGENT: self._urgent,
            Act.CORRECT: self.desk.correct,
            Act.SEAL: self.desk.seal,
            Act.AMEND: self.desk.amend,
            Act.ANSWER: self._answer,
            Act.CARRY: self._carry,
            Act.COLLECT: self._collect,
            Act.END: self.desk.close,
        }

    def _approve(self, at: datetime) -> None:
        self._enrolments.turn_down(at)
        self.desk.approve(at)

    def _receive(self, evening: datetime) -> None:
        today = [sent for sent in self.files if sent.received_at.date() == evening.date()]
        for sent in today:
            content = sent.path.read_bytes()
            try:
                receive(self.season, sent.kind, sent.branch, sent.path.name, content, sent.received_at)
            except Refused as refusal:
                self.tell(f"{evening:%Y-%m-%d} {sent.branch} {sent.path.name}: {refusal.code}")
        self.tell(f"{evening:%Y-%m-%d} 收到文件 files received: {len(today)}")

    def _urgent(self, at: datetime) -> None:
        """N4: the urgent lane's own run, before the certificates of all others."""
        if cases := self.desk.unprinted_urgent():
            urgent = Phase("urgent", self.season)
            self.runs.run(urgent, at, "urgent/adhoc", season=self.season, case_ids=cases)

    def _answer(self, at: datetime) -> None:
        """The registry's stand-in answers what was uploaded; the answer comes in as a file like any other."""
        new = [one for one in unanswered_packages(self.season) if one not in self._answered]
        for package in new:
            name = f"receipt-{package}.csv"
            receive(self.season, Kind.REGISTRY_RECEIPT, HQ, name, receipt_for(package), at)
        self._answered.update(new)
        self.tell(f"{at:%Y-%m-%d} 学信网（演示替身）反馈 answers of the registry's stand-in: {len(new)}")

    def _carry(self, at: datetime) -> None:
        confirmed = self._bearers.carry(at, self.desk.pack)
        self.tell(f"{at:%Y-%m-%d} 扫码或签收交接 transfers confirmed: {confirmed}")

    def _upload(self, at: datetime) -> None:
        """People are back: they upload what had to wait, and CHSI has corrected what was wrong."""
        self.desk.upload(at)
        self._looking_up.put_right(at, self.desk.pack)

    def _collect(self, at: datetime) -> None:
        self._stock.take(at, self.desk.pack)
        handed = self._students.fetch(at, self.desk.pack)
        looked = self._looking_up.look(at, self.desk.pack)
        said = f"学生领取 handed over: {handed}；核对学信网 records looked up later: {looked}"
        self.tell(f"{at:%Y-%m-%d} {said}")
