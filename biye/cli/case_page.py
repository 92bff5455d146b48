"""The page of one case: Chinese first, every fact with its clause, every place with its reason."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from biye.cli.exemption import said as said_application
from biye.cli.promises import said_promise
from rules.certificate_problem import CHINESE as PROBLEM_STATES
from rules.certificate_problem import ProblemState
from rules.confirmation import CHINESE as RECORD_CHECKS
from rules.confirmation import RecordCheck
from rules.holds import CHINESE as HOLDS
from rules.holds import TRACKS_CHINESE
from rules.order import LANES_ZH, ORDINARY
from rules.promises import CHINESE as PROMISES
from rules.seal import CHINESE as SEALS
from rules.seal import SealOutcome
from rules.sheets import CHINESE as SPOILED
from rules.sheets import SpoilReason
from rules.states import Custody, chinese
from rules.submission import KINDS
from rules.tracking import CHINESE as TRACKED
from rules.tracking import Tracking
from tasks.case_confirmation import ConfirmationSeen
from tasks.case_decisions import DecisionSeen
from tasks.case_order import OrderPlace
from tasks.case_papers import PublicDates, Upload
from tasks.case_promises import CasePromise, NoClock
from tasks.case_standing import HoldSeen
from tasks.case_submissions import Brought
from tasks.case_view import CaseView
from tasks.exemption_view import ApplicationSeen
from tasks.problem_view import ProblemSeen

TRACKS = {
    "audit": "毕业审核",
    "registration": "学历注册",
    "certificate": "毕业证书",
    "custody": "证书位置",
    "visibility": "公开查询",
}
HIDDEN = {
    "not-accepted": "学信网尚未注册成功 not accepted yet",
    "photo": "缺照片 no photo",
    "photo-unsent": "照片尚未注册 the registry has no photo yet",
    "day-to-come": "公开日未到 its day has not come",
}
NO_CLOCK = {
    "partner-seal": "待合作高校盖章，不设到期日 partner seal: no due date（N2）",
    "data-incomplete": "数据未齐，时钟未开始 data incomplete: the clock has not started（R2）",
}


def case_page(case: CaseView) -> Iterator[str]:
    """Yield the lines of a case's page."""
    lane = "" if case.lane == ORDINARY else f" · {LANES_ZH[case.lane]} {case.lane}"
    yield f"毕业个案 case {case.case_id} · {case.season} 第 {case.batch} 批{lane} · {_minute(case.as_of)}"
    who = case.person
    yield f"  {who.name} · 学号 {who.student_no} · 证件号 {who.id_number}"
    studies = f"{who.level} {who.programme_code} {who.direction}".strip()
    yield f"  {studies} · 入学 {who.entry_term} · {who.branch} {who.centre}"
    yield "状态 tracks"
    for track in case.tracks:
        yield f"  {TRACKS[track.track]} {track.track}：{track.chinese} {track.state}"
    yield from _listed("暂缓 holds", map(_hold, case.holds))
    yield from _listed("时限 promises", [*map(_promise, case.promises), *map(_without_clock, case.no_clock)])
    yield from _listed("排队 place（N3）", _place(case.order) if case.order else [])
    if case.urgent:
        yield from _listed("加急 urgent（N4）", _urgent(case.urgent))
    yield from _listed("名单 lot", _lot(case.lot) if case.lot else [])
    yield from _listed("证书 certificate", _certificate(case.certificate) if case.certificate else [])
    yield from _listed("证书包 package（N9）", _package(case.package) if case.package else [])
    yield from _listed("学历注册 registration（T4）", map(_upload, case.registration))
    yield from _listed("日期 dates（N7）", _dates(case.dates, case.handed_over_at))
    yield from _listed("确认 confirmations（N5）", _confirmation(case.confirmation))
    if case.problems:
        yield from _listed("证书问题 problems（N5）", map(_problem, case.problems))
    yield from _listed("审核决定 decisions", (line for one in case.decisions for line in _decision(one)))
    yield from _listed("免修免考申请 exemptions（R3）", map(_exemption, case.exemptions))
    yield from _listed("上报 submissions", map(_submission, case.submissions))


def _listed(title: str, lines: Any) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    yield from [title, *found] if found else [f"{title}：无 none"]


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "—"


def _hold(one: HoldSeen) -> str:
    state = f"已于 {_minute(one.released_at)} 解除 released" if one.released_at else "未解除 open"
    reason, track = HOLDS.get(one.reason, one.reason), TRACKS_CHINESE.get(one.track, one.track)
    what = f"{reason} {one.reason}，暂停{track} stops {one.track}（{one.clause}）"
    detail = f" {one.detail}" if one.detail else ""
    return f"{state}：{what}{detail} · 自 since {_minute(one.since)} · 责任 owner {one.owner}"


def _promise(one: CasePromise) -> str:
    what = f"{one.clause} {said_promise(one.duty, one.label)}"
    if one.done_on:
        return f"{what}：{PROMISES[one.state]}（{one.done_on}，到期 due {one.due_on}）"
    left = _left(one.left)
    return f"{what}：{PROMISES[one.state]}，到期 due {one.due_on}{left} · 责任 holder {one.holder}"


def _left(workdays: int | None) -> str:
    if workdays is None:
        return ""
    if workdays < 0:
        return f"，已过 {-workdays} 个工作日 workdays late"
    return f"，剩 {workdays} 个工作日 workdays left"


def _without_clock(one: NoClock) -> str:
    return f"{one.clause} {one.label}：{NO_CLOCK[one.reason]}"


def _place(one: OrderPlace) -> Iterator[str]:
    kind = KINDS[one.kind].zh if one.kind in KINDS else one.kind
    yield (
        f"次序由 {_minute(one.at)} 收到的{kind}决定：回执 {one.receipt:06d} 第 {one.row} 行 · "
        f"key: receipt {one.receipt:06d}, row {one.row}"
    )
    ahead = f"其前 {one.rank - 1} 人，其中 {one.unnumbered} 人未编号（未审批或暂缓）"
    yield f"本批审核通过 {one.of} 人中第 {one.rank} · rank {one.rank} of {one.of} in the batch；{ahead}"
    if one.position is None:
        yield "尚未编号 · no number yet"
        return
    yield (
        f"{_minute(one.allocated_at)} 编号的 {one.allocation} 人中第 {one.position}，"
        f"此前本批已编号 {one.earlier} 人 · position {one.position} of {one.allocation} "
        f"in its allocation, {one.earlier} numbered before it"
    )


def _urgent(asked: dict[str, Any]) -> Iterator[str]:
    proposed = f"{asked['proposer']} {_minute(asked['proposed_at'])} 提出 proposed"
    decided = f"{asked['decided_by'] or ''} {_minute(asked['decided_at'])}".strip()
    yield f"审批事项 approval {asked['id']}：{proposed} · {asked['state']} {decided} · 理由 {asked['reason']}"


def _lot(lot: dict[str, Any]) -> Iterator[str]:
    approved = f"审批 approved {_minute(lot['approved_at'])} {lot['document_no'] or ''}".rstrip()
    yield f"第 {lot['id']} 号，第 {lot['part']} 部分 part，{lot['cases']} 人 cases · {approved}"


def _certificate(sheet: dict[str, Any]) -> Iterator[str]:
    yield f"编号 number {sheet['number']} · 编号时间 allocated {_minute(sheet['allocated_at'])}"
    yield f"已打印 {sheet['sheet']} 张 sheets · 最近 last printed {_minute(sheet['printed_at'])}"
    for one in sheet["spoiled"]:
        why = SPOILED[SpoilReason(one["reason"])]
        yield f"第 {one['sheet']} 张已作废 spoiled：{why} {one['reason']} · {_minute(one['spoiled_at'])}"
    for one in sheet["seals"]:
        back = f"{SEALS[SealOutcome(one.outcome)]} {one.outcome}" if one.outcome else "尚未返回 away"
        sent = f"{_minute(one.sent_at)} 送 {one.partner} 盖章 sent to be sealed（N2）"
        yield f"{sent}：{back}" + (f" {_minute(one.returned_at)}" if one.returned_at else "")


def _package(package: dict[str, Any]) -> Iterator[str]:
    towards = f" → {package['expected']}" if package["expected"] else ""
    place = f"{chinese(Custody(package['custody']))} {package['custody']} {package['holder']}{towards}"
    yield f"{package['code']} · {place} · 自 since {_minute(package['held_since'])}"
    yield f"装包 packed {_minute(package['packed_at'])} · 发出 dispatched {_minute(package['dispatched_at'])}"
    if package["tracking"]:
        yield f"最近一次交接以{TRACKED[package['tracking']]}确认 · the last transfer was confirmed so"


def _upload(one: Upload) -> str:
    answer = (
        f"{one.result} {one.reason} {_minute(one.answered_at)}".strip() if one.result else "未反馈 no answer"
    )
    sent = f"上报 sent {_minute(one.sent_at)} {one.sent_by or ''}".rstrip()
    what = "补照片 photos · " if one.content == "photos" else ""
    return (
        f"{what}数据包 package {one.package} · 导出 exported {_minute(one.exported_at)} · {sent} · {answer}"
    )


def _dates(dates: PublicDates, handed_over_at: datetime | None) -> Iterator[str]:
    yield f"发证日期 issued {dates.issued_on or '—'} · 注册成功 registered {_minute(dates.registered_at)}"
    if dates.visible_on:
        yield f"可查 visible {dates.visible_on}"
    else:
        why = "；".join(HIDDEN.get(one) or f"{HOLDS.get(one, one)} {one}" for one in dates.hidden_because)
        yield f"暂不可查 hidden：{why}" + (f" · 预计 expected {dates.expected}" if dates.expected else "")
    yield f"领取 handed over {_minute(handed_over_at)}"


def _confirmation(one: ConfirmationSeen | None) -> Iterator[str]:
    if one is None:
        return
    yield f"证书无误 certificate right：{_minute(one.certificate_at)} · {one.centre}"
    how = f" · {TRACKED[Tracking(one.tracking)]}" if one.record_at else ""
    entered = f" {_minute(one.record_at)} · {one.record_by}{how}" if one.record_at else ""
    owner = f" · 责任 owner {one.centre}" if one.record == RecordCheck.DEFERRED else entered
    yield f"学信网信息 CHSI record：{RECORD_CHECKS[RecordCheck(one.record)]} {one.record}{owner}"


def _problem(one: ProblemSeen) -> str:
    what = f"{one.problem} {one.about_zh}{one.field_zh} {one.about}/{one.field}"
    state = f"{PROBLEM_STATES[ProblemState(one.state)]} {one.state}"
    return f"{what}：{state}，到期 due {one.due_on or '—'} · 责任 owner {one.owner}"


def _decision(one: DecisionSeen) -> Iterator[str]:
    result = "通过 passed" if one.passed else "未通过 failed"
    force = "（现行 in force）" if one.in_force else ""
    yield f"{_minute(one.decided_at)} {result}{force} · 条款 clause {' '.join(one.clauses)}"
    for rule in one.unmet:
        yield f"  ✗ {rule.code} {rule.zh}"
        yield f"    {rule.en}"
        yield f"    → {rule.remedy_zh} {rule.remedy_en}".rstrip()
    policy = f"政策 policy 第 {one.policy_version or '?'} 版 {one.policy_hash[:12]}"
    reference = f"基础数据 reference {one.reference_version[:12]}"
    yield f"  {policy} · 日历 calendar {one.calendar_version} · {reference}"


def _exemption(one: ApplicationSeen) -> str:
    received = f"{one.received_at:%Y-%m-%d %H:%M:%S} 收到 received"
    return f"课程 course {one.course} {one.kind} · {received} · {said_application(one)}"


def _submission(one: Brought) -> str:
    kind = KINDS[one.kind].zh if one.kind in KINDS else one.kind
    row = f" 第 {one.row} 行 row" if one.row else ""
    grades = f" {one.grades} 条成绩 grades" if one.grades else ""
    place = " · 决定次序 makes the place（N3）" if one.makes_place else ""
    named = f"{_minute(one.received_at)} 回执 {one.receipt:06d} {kind} · {one.branch} {one.filename}"
    return f"{named}{row}{grades}{place}"
