"""A season's timeline for people: batches, windows, named dates and what follows from them, in order of day
(G1).

What is not known yet stays on the timeline and says what it waits for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rules.batch_windows import window_of
from rules.calendar import Calendar, last_day_for
from rules.deadlines import day_of, due_day, season_calendar, vacation_span, waits_for
from rules.season import Pack
from rules.season_batches import Batch, Span
from rules.season_dates import DateRule, Duty
from rules.season_values import Holder

Shape = Literal["batch", "window", "cancelled", "vacation", "date", "due", "safe"]

KINDS_ZH = {
    "roster": "学籍信息",
    "grade-history": "历年成绩",
    "practice": "综合实践环节成绩",
    "final-exam": "期末考试成绩",
    "audit-data": "毕业审核数据",
    "audit-data-fast-track": "续读本科毕业审核数据",
    "photos": "毕业生照片",
    "certificate-data": "毕业颁证数据",
    "urgent-request": "加急申请",
    "exemption": "免修免考申请",
    "cover-estimate": "封皮征订",
    "extension": "学籍延期名单",
    "extension-history": "学籍延期记录",
    "registry-receipt": "学信网回执",
    "withdrawal-receipt": "退学上报回执",
}
HOLDERS_ZH = {Holder.HQ: "总部", Holder.BRANCH: "分部", Holder.COLLEGE: "地方学院", Holder.CENTRE: "学习中心"}


@dataclass(frozen=True)
class Milestone:
    """One line of the timeline: first and last day (equal for a single day; None = unknown or without limit).

    rule: how the day was computed, or why there is none; empty for a plain day. waits_for: the date that is
    not known yet.
    """

    shape: Shape
    zh: str
    en: str
    clause: str
    provenance: str
    first: date | None = None
    last: date | None = None
    batch: int | None = None
    rule: str = ""
    waits_for: str | None = None


def milestones(pack: Pack, calendar: Calendar | None = None) -> list[Milestone]:
    """Return the whole timeline in order of day; what waits or is cancelled comes last.

    calendar: whose workdays count; default the season's with all that is known. Raises Refused
    calendar-missing.
    """
    calendar = calendar or season_calendar(pack)
    found = [*_of_batches(pack, calendar), *_vacation(pack, calendar), *_dates(pack, calendar)]
    found += _dues_of_the_issue_date(pack, calendar)
    return sorted(
        found, key=lambda one: (one.first or one.last or date.max, one.last or date.max, one.clause)
    )


def _of_batches(pack: Pack, calendar: Calendar) -> Iterator[Milestone]:
    for batch in pack.batches:
        if batch.is_open:
            yield from _spans(pack, batch)
            yield from _ends(pack, batch, calendar)
        else:
            zh, en = f"{batch.label}：已取消", f"{batch.label_en or batch.label}: cancelled"
            made = Milestone("cancelled", zh, en, batch.clause, batch.provenance, batch=batch.number)
            yield replace(made, rule=batch.reason)


def _spans(pack: Pack, batch: Batch) -> Iterator[Milestone]:
    zh, en = batch.label, batch.label_en or batch.label
    if batch.audit:
        yield _span(pack, batch, batch.audit, "batch", f"{zh} 毕业审核", f"{en}: audit")
    if batch.certificates:
        yield _span(pack, batch, batch.certificates, "batch", f"{zh} 证书办理", f"{en}: certificates")
    for window in batch.windows:
        kinds = "、".join(KINDS_ZH[kind] for kind in window.kinds)
        level = "" if window.level is Holder.HQ else f"（{HOLDERS_ZH[window.level]}）"
        name = f"{en}: {', '.join(window.kinds)}" + (f" ({window.level})" if level else "")
        yield _span(pack, batch, window, "window", f"{zh} 接收{kinds}{level}", name)


def _span(pack: Pack, batch: Batch, span: Span, shape: Shape, zh: str, en: str) -> Milestone:
    waiting = waits_for(pack, span.opens) or waits_for(pack, span.closes)
    first, last = day_of(pack, span.opens), day_of(pack, span.closes)
    rule = f"{window_of(pack, batch, span)}" if span.closes_at else ""
    made = Milestone(shape, zh, en, span.clause, span.provenance, first, last, batch.number, rule)
    return replace(made, waits_for=waiting)


def _ends(pack: Pack, batch: Batch, calendar: Calendar) -> Iterator[Milestone]:
    """N1: the last safe day for complete data, and until when the clocks of the batch's last day run."""
    closes = day_of(pack, (batch.certificates or batch.audit or _no_span()).closes, calendar)
    certificate, registry = pack.duty("certificate"), pack.duty("registry")
    zh, en = batch.label, batch.label_en or batch.label
    if closes and certificate and certificate.workdays:
        safe, rule = (
            last_day_for(closes, certificate.workdays, calendar),
            f"{closes} - {certificate.workdays} 工作日",
        )
        made = Milestone(
            "safe", f"{zh} 数据齐全的最后安全日", f"{en}: last safe day for complete data", "N1", "inferred"
        )
        yield replace(made, first=safe, last=safe, batch=batch.number, rule=rule)
    for duty in (registry, certificate):
        if closes and duty:
            made = _due(pack, duty, closes, calendar)
            yield replace(
                made,
                zh=f"{zh}末日起：{made.zh}",
                en=f"{en}, from its last day: {made.en}",
                batch=batch.number,
            )


def _no_span() -> Span:
    raise AssertionError("an open batch has an audit span")


def _due(pack: Pack, duty: Duty, started: date, calendar: Calendar) -> Milestone:
    due = due_day(pack, duty, started, calendar)
    measure = f"{duty.workdays} 工作日" if duty.workdays else f"{duty.months} 个月"
    name = duty.label_en or duty.name
    return Milestone(
        "due", duty.label, name, duty.clause, "inferred", due, due, rule=f"{started} + {measure}"
    )


def _dues_of_the_issue_date(pack: Pack, calendar: Calendar) -> Iterator[Milestone]:
    """G3: both readings, from the issue date and from the latest approval of each batch."""
    for duty in pack.duties:
        if "issue-date" in duty.starts:
            made = _due(pack, duty, pack.issue_date, calendar)
            yield replace(made, zh=f"{made.zh}（自发证日期）", en=f"{made.en} (from the issue date)")
        for batch in pack.open_batches if "audit-approval" in duty.starts else ():
            last = day_of(pack, batch.audit.closes, calendar) if batch.audit else None
            if last:
                made = _due(pack, duty, last, calendar)
                zh, en = (
                    f"{made.zh}（{batch.label}末日审批起）",
                    f"{made.en} (from {batch.label_en or batch.label}'s last day)",
                )
                yield replace(made, zh=zh, en=en, batch=batch.number)


def _vacation(pack: Pack, calendar: Calendar) -> Iterator[Milestone]:
    if pack.vacation:
        first, last = vacation_span(pack, calendar) or (None, None)
        waiting = waits_for(pack, pack.vacation.opens) or waits_for(pack, pack.vacation.closes)
        counted = (
            ("，不计工作日", ", counted out")
            if pack.vacation.counted_out
            else ("，仍计工作日", ", still workdays")
        )
        zh, en = f"总部寒假{counted[0]}", f"HQ's vacation{counted[1]}"
        made = Milestone("vacation", zh, en, pack.vacation.clause, pack.vacation.provenance, first, last)
        yield replace(made, waits_for=waiting)


def _dates(pack: Pack, calendar: Calendar) -> Iterator[Milestone]:
    for name, rule in pack.dates.items():
        day = day_of(pack, name, calendar)
        made = Milestone("date", rule.label, rule.label_en or name, rule.clause, rule.provenance, day, day)
        yield replace(made, rule=said_rule(rule), waits_for=waits_for(pack, name))


def said_rule(rule: DateRule) -> str:
    """Return a date rule in short, as the timeline shows it; empty for a fixed day."""
    if rule.rule == "fixed":
        return ""
    counted = f": {rule.n}" if rule.n is not None else ""
    return f"{rule.rule}{counted} ({rule.anchor})"
