"""The registrars' reports: one table drives all of them, as workbook or, to be signed, as PDF (G2, N5).

A report with personal data is written into the event log before it is made: who, which, how many rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection

import rules.refusals_cases  # noqa: F401  registers unmasked-nameless
from models.database import transaction
from models.event import record
from rules.clock import day_in_shanghai
from rules.refusals import Refused
from rules.reports import Asked
from rules.season import Pack
from tasks.fonts import font_chain
from tasks.listing import Listing, listing_workbook
from tasks.listing_paper import form_paper, listing_paper
from tasks.report_audit import branch_passed, failed, no_photo
from tasks.report_cleanup import extensions, withdrawals
from tasks.report_custody import gaps, misrouted, sign_off, to_seal
from tasks.report_ledgers import spoiled, urgent
from tasks.report_people import approval_form, counts, roll, student_form
from tasks.report_registry import SUMS, registry_account
from tasks.report_season import contacts, covers, overdue
from tasks.report_stocktake import taken

MADE = "report-made"
_NAME_WIDTH = 80


def _never(_: Pack) -> bool:
    return False


@dataclass(frozen=True)
class Report:
    """One report. read: rows under Chinese headings, with case_id where they are about cases.

    personal: whether people can be told from it. part, sums: as in Listing. needs: the option that it cannot
    do without (lot, student). form: a page a row instead of a table. off: whether a season has nothing of it.
    """

    zh: str
    en: str
    clause: str
    read: Callable[[Connection, Asked], pd.DataFrame]
    personal: bool = True
    part: str = ""
    sums: tuple[str, ...] = ()
    needs: str = ""
    form: bool = False
    off: Callable[[Pack], bool] = _never


REPORTS: Mapping[str, Report] = {
    "sign-off": Report("毕业证书领取签收表", "to sign on hand-over", "N5", sign_off, part="学习中心"),
    "failed": Report("毕业审核未通过名单", "not passed, with every reason", "G0", failed, part="分部"),
    "branch-passed": Report(
        "分部通过而总部未通过名单", "branch passed, HQ failed", "R1", branch_passed, part="分部"
    ),
    "no-photo": Report("缺照片名单", "cases without a photo", "R1", no_photo, part="学习中心"),
    "registry": Report(
        "学历注册对账表", "approved = sent = answered", "T4", registry_account, personal=False, sums=SUMS
    ),
    "roll": Report("毕业生名册", "every graduate", "G0", roll, part="分部"),
    "approval-form": Report("毕业生审批表", "a lot's approval form", "R1", approval_form, needs="lot"),
    "student-form": Report(
        "毕业生登记表", "a student's form", "R1", student_form, needs="student", form=True
    ),
    "counts": Report("毕业生统计表", "counts of graduates", "G0", counts, personal=False),
    "gaps": Report("查缺补漏名单", "who misses the next step, and why", "N5", gaps, part="分部"),
    "overdue": Report("超期清单", "promises that are late", "G3", overdue, personal=False, sums=("未办",)),
    "spoiled": Report("作废补办台账", "spoiled sheets, what replaced them", "N5", spoiled),
    "urgent": Report(
        "加急台账", "urgent cases", "N4", urgent, part="分部", off=lambda pack: pack.urgent is None
    ),
    "misrouted": Report(
        "误投遗失台账", "misrouted, lost, damaged", "N9", misrouted, personal=False, sums=("证书本数",)
    ),
    "stocktakes": Report("盘点表", "stocktakes, certificate by certificate", "N5", taken, part="盘点单位"),
    "to-seal": Report(
        "送盖章清单", "to the partner university", "N2", to_seal, part="合作高校",
        off=lambda pack: not pack.partner_seal,
    ),
    "extensions": Report(
        "学籍延期汇总表", "extensions and nil returns", "N8", extensions, part="分部",
        off=lambda pack: pack.extension is None,
    ),
    "withdrawals": Report(
        "退学名单", "cleanup: whom it withdraws", "N8", withdrawals, part="分部",
        off=lambda pack: not pack.cleanups,
    ),
    "covers": Report(
        "封皮汇总表", "covers asked for beside graduates", "N6", covers, personal=False,
        sums=("征订数量", "毕业生人数"), off=lambda pack: pack.covers is None,
    ),
    "contacts": Report("通讯录", "whom to ask", "V1", contacts, personal=False),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A report that was made. content: the file's bytes; suffix: .xlsx or .pdf."""

    name: str
    title: str
    rows: int
    suffix: str
    content: bytes


def report_named(name: str) -> Report:
    """Return a report by its name, Chinese or English; Refused report-unknown."""
    by_title = {report.zh: report for report in REPORTS.values()}
    found = REPORTS.get(name) or by_title.get(name)
    if found is None:
        raise Refused("report-unknown", name=name, allowed="、".join(REPORTS))
    return found


def make_report(name: str, asked: Asked, by: str, at: datetime, pdf: bool = False) -> Made:
    """Make a report; by: who makes it and stands under it; at: the machine's time, for the log.

    Raises Refused report-…, unmasked-nameless, N9-unknown-organisation, glyph-missing.
    """
    report = report_named(name)
    _check(name, report, asked)
    maker = by.strip()[:_NAME_WIDTH]
    if not maker:
        raise Refused("unmasked-nameless")
    with transaction() as db:
        rows = report.read(db, asked)
        if report.needs and rows.empty:
            raise Refused("report-nobody", **_said(name, report, asked), what=_particular(asked))
        ids = rows.pop("case_id").dropna().tolist() if "case_id" in rows else []
        if report.personal:
            said = {"report": name, "rows": len(rows), "branch": asked.branch, "form": _suffix(report, pdf)}
            record(db, f"season:{asked.season}", MADE, at, actor=maker, ids=map(int, ids), **said)
    listing = Listing(report.zh, _about(asked, len(rows)), rows, maker, day_in_shanghai(asked.as_of))
    listing = replace(listing, part=report.part, sums=report.sums)
    return Made(name, report.zh, len(rows), _suffix(report, pdf), _written(report, listing, pdf))


def save_report(made: Made, file: Path) -> Path:
    """Write a report into a file, which gets its suffix where the name lacks it; Refused report-folder."""
    if file.suffix.lower() != made.suffix:
        file = file.with_name(file.name + made.suffix)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made.content)
    except OSError as error:
        raise Refused("report-folder", place=file, why=error.strerror) from None
    return file


def _check(name: str, report: Report, asked: Asked) -> None:
    said = _said(name, report, asked)
    if report.off(asked.pack):
        raise Refused("report-off", **said)
    if report.needs and not getattr(asked, report.needs):
        raise Refused("report-needs", **said, option=f"--{report.needs}")
    if asked.branch:
        asked.reference.tree.known(asked.branch)


def _said(name: str, report: Report, asked: Asked) -> dict[str, str]:
    return {"name": name, "title": report.zh, "season": asked.season}


def _particular(asked: Asked) -> str:
    return f"名单 lot {asked.lot}" if asked.lot else "该生 such student"


def _suffix(report: Report, pdf: bool) -> str:
    return ".pdf" if pdf or report.form else ".xlsx"


def _about(asked: Asked, rows: int) -> str:
    where = asked.units[asked.branch] if asked.branch else "全部单位"
    lot = f"　名单 {asked.lot}" if asked.lot else ""
    return f"{asked.season} 季　{where}{lot}　截至 {asked.as_of:%Y-%m-%d %H:%M}　共 {rows} 条"


def _written(report: Report, listing: Listing, pdf: bool) -> bytes:
    if report.form:
        return form_paper(listing, font_chain())
    return listing_paper(listing, font_chain()) if pdf else listing_workbook(listing)
