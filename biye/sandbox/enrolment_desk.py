"""What HQ's staff do about expired enrolments in a replay: turn down, notify, upload withdrawals (N8)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from biye.sandbox.requests import WEAK_REASON
from biye.sandbox.withdrawals import unanswered_withdrawal_packages, withdrawal_receipt_for
from models.columns import table_of
from models.database import reading
from models.extension import Extension, ExtensionList
from models.student import Student
from rules.extension import ExtensionState
from rules.reference import HQ
from rules.submission import Kind
from tasks.cleanup_proposal import EVERY, record_notice
from tasks.cleanup_view import list_lists, list_packages
from tasks.extension_rejection import reject_application
from tasks.policy import season_pack
from tasks.receiving import receive
from tasks.withdrawal_export import export_withdrawals, mark_withdrawals_sent

_EXTENSIONS, _LISTS, _STUDENTS = table_of(Extension), table_of(ExtensionList), table_of(Student)
OFFICER = "演示学籍科 孙学籍"


@dataclass
class EnrolmentDesk:
    """HQ's staff for enrolments. tell: hears what they do."""

    season: str
    tell: Callable[[str], None]

    def turn_down(self, at: datetime) -> None:
        """Turn down applications that give no reason, before the rest of their lists is approved."""
        pending = (
            select(_STUDENTS.c.student_no)
            .join(_EXTENSIONS, _EXTENSIONS.c.student_id == _STUDENTS.c.id)
            .join(_LISTS, _LISTS.c.id == _EXTENSIONS.c.list_id)
            .where(_LISTS.c.season == self.season, _EXTENSIONS.c.reason == WEAK_REASON)
            .where(_EXTENSIONS.c.state == ExtensionState.PENDING.value)
        )
        with reading() as db:
            students = list(db.scalars(pending))
        for student in students:
            reject_application(self.season, student, OFFICER, WEAK_REASON, at)

    def notify(self, at: datetime) -> None:
        """Record that every candidate was told, if there is any."""
        if not list_lists(self.season):
            return
        units = record_notice(self.season, EVERY, at.date(), OFFICER, f"演示告知〔{at:%Y}〕1号", at)
        self.tell(f"{at:%Y-%m-%d} 已告知超期学生 candidates notified: {len(units)} 个单位 units")

    def withdraw(self, at: datetime) -> None:
        """Export what is approved, upload it; the registry's stand-in answers with files like any other."""
        export_withdrawals(self.season, season_pack(self.season), at)
        for package in list_packages(self.season):
            if package["sent_at"] is None:
                mark_withdrawals_sent(package["id"], OFFICER, at)
        answered = unanswered_withdrawal_packages(self.season)
        for package_id in answered:
            content = withdrawal_receipt_for(package_id)
            name = f"withdrawals-{package_id}.csv"
            receive(self.season, Kind.WITHDRAWAL_RECEIPT, HQ, name, content, at)
        self.tell(f"{at:%Y-%m-%d} 学信网（演示替身）反馈退学 withdrawals answered: {len(answered)}")
