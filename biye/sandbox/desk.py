"""What HQ's staff do in a replay: decide, upload, write to partners, amend; all by named demo persons."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from biye.sandbox.bearers import KEEPER
from biye.sandbox.exemptions import late_applications
from biye.sandbox.incidents import Incidents
from biye.sandbox.registry import rejected_students, roster_of, unsent_packages
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.submission import Kind
from tasks.amendment import amend
from tasks.approval import approvals, approve, shown
from tasks.exemption_withdrawal import propose_withdrawal
from tasks.held_rows import held_rows, settle_held
from tasks.policy import season_pack
from tasks.proposal import propose_close
from tasks.receiving import receive
from tasks.registration import mark_sent
from tasks.seal import return_sealed, send_for_seal
from tasks.seal_view import seal_lists, seals_waiting
from tasks.urgent import propose_urgent
from tasks.urgent_view import urgent_students

APPROVER = "演示审批人 王审核"
SENDER = "演示上报人 李上报"
AMENDER = "演示学籍科 孙学籍"
SEALING = timedelta(days=10)  # a partner university takes at least that long (N2)
UNPRINTED = ("none", "numbered")
AWAY = timedelta(days=14)  # before an amendment: uploads wait until people are back


@dataclass
class Desk:
    """HQ's staff. amendments: files by the day on which they are applied. tell: hears what they do."""

    season: str
    reference: Reference
    tell: Callable[[str], None]
    amendments: Mapping[date, Path] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        """The policy in force: an amendment changes it."""
        return season_pack(self.season)

    def approve(self, at: datetime) -> None:
        """Say yes to all that waits; whoever may upload packages does so at once, if anybody is there."""
        self.withdraw_exemptions(at)
        kinds: Counter[str] = Counter()
        while waiting := approvals(self.season):
            kinds.update(row["kind"] for row in waiting if self._approve(row, at))
        if kinds:
            said = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
            self.tell(f"{at:%Y-%m-%d} 审批 approved: {said}")
        if not self._is_away(at):
            self.upload(at)

    def _approve(self, row: dict[str, Any], at: datetime) -> bool:
        """Approve one list; what has changed since it was proposed is proposed anew, and comes up again."""
        try:
            approve(row["id"], APPROVER, at, document_no=f"演示审〔{at:%Y}〕{row['id']}号", pack=self.pack)
        except Refused as refusal:
            if refusal.code != "approval-stale":
                raise
            return False
        return True

    def _is_away(self, at: datetime) -> bool:
        return any(timedelta() < day - at.date() < AWAY for day in self.amendments)

    def upload(self, at: datetime) -> None:
        """Upload every approved package that is not sent yet (T4)."""
        for package in unsent_packages(self.season):
            mark_sent(package, SENDER, at)

    def withdraw_exemptions(self, at: datetime) -> None:
        """Ask for every late application that its student can do without; the audit has said so (R3)."""
        for application in late_applications(self.season):
            with suppress(Refused):  # exemption-needed: the student graduates in a later season
                propose_withdrawal(self.season, *application, "演示分部教务 陈教务", at)

    def correct(self, at: datetime) -> None:
        """Look at what the registry sent back, and send the roster of these students again (T4)."""
        students = rejected_students(self.season)
        if students:
            with suppress(Refused):  # file-again: sent already, and not answered yet
                receive(self.season, Kind.ROSTER, HQ, "roster-checked.csv", roster_of(students), at)
            self.tell(f"{at:%Y-%m-%d} 学信网退回者核对后重报 sent back, looked at: {len(students)}")

    def seal(self, at: datetime) -> None:
        """Take back what the partner universities have sealed by now, and send them what is printed (N2)."""
        for one in seal_lists(self.season):
            if one["away"] and at - one["sent_at"] >= SEALING:
                return_sealed(one["id"], KEEPER, at)
                self.tell(f"{at:%Y-%m-%d} 盖章返回 sealed: {one['partner']}")
        for partner in {one.partner for one in seals_waiting(self.season) if one.to_send}:
            for sent in send_for_seal(partner, KEEPER, at, self.reference, self.season):
                self.tell(f"{at:%Y-%m-%d} 送盖章 sent for the seal: {partner} × {sent.certificates}")

    def amend(self, at: datetime) -> None:
        """Put the day's amendment in force, and tell which promises move."""
        file = self.amendments[at.date()]
        done = amend(file.read_text(encoding="utf-8"), file.name, at, AMENDER, "春节假期延长", self.season)
        moved = Counter(
            f"{one.promise.clause} {one.old} → {one.new}" for one in done.promises if one.old and one.new
        )
        for said, count in sorted(moved.items()):
            self.tell(f"{at:%Y-%m-%d} 期限变更 due day moved: {said} × {count}")

    def name_urgent(self, at: datetime, incidents: Incidents) -> None:
        """Name whom units asked for as urgent, and approve that; the batch's audit decides them next (N4)."""
        waiting = [one for one in urgent_students(self.season, unmasked=True) if one.case]
        asked = [one.student for one in waiting if one.state is None]
        if not asked:
            return
        approval = propose_urgent(self.season, asked, SENDER, at)
        approve(approval, APPROVER, at, pack=self.pack)
        over = shown(approval)["summary"]
        said = f"加急：越过 {over['overtakes']} 人，无人因此逾期"
        incidents.note("urgent-overtakes", "N4", said, waiting[0].branch, asked)

    def unprinted_urgent(self) -> list[int]:
        """Return the urgent cases whose certificates are still to print (N4)."""
        waiting = urgent_students(self.season, unmasked=True)
        return [int(one.case) for one in waiting if one.case and one.tracks["certificate"] in UNPRINTED]

    def close(self, at: datetime) -> None:
        """Settle the rows that wait, ask that the season be closed, and approve it (N5)."""
        for receipt in sorted({row["receipt"] for row in held_rows(self.season)}):
            settle_held(receipt, [], KEEPER, "演示：经核实，不再办理", at)
        try:
            approval = propose_close(self.season, self.pack, SENDER, at)
            approve(approval, APPROVER, at, pack=self.pack)
        except Refused as refusal:
            self.tell(f"{at:%Y-%m-%d} 未关闭 not closed: {refusal.text()}")
        else:
            self.tell(f"{at:%Y-%m-%d} 毕业季已关闭 the season is closed")
