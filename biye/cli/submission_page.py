"""The page of one submission, and the lines of many: counts in Chinese, every code with its remedy."""

from collections.abc import Iterator
from typing import Any

from models.submission import SubmissionState
from rules.submission import KINDS, OUTCOMES_ZH, Outcome
from tasks.submission_view import SubmissionSeen

STATES = {
    SubmissionState.RECEIVED: "待审查 received",
    SubmissionState.JUDGED: "已审查 judged",
    SubmissionState.QUARANTINED: "整份退回 quarantined",
}


def submission_page(found: SubmissionSeen) -> Iterator[str]:
    """Yield the lines of a submission's page."""
    state = STATES[SubmissionState(found.state)]
    yield f"回执编号 receipt {found.receipt:06d} · {found.season} · {state}"
    yield f"  {found.branch} {found.kind_zh}（{found.kind}）{found.filename}，{found.size} 字节 bytes"
    batch = "" if found.batch is None else f" · 第 {found.batch} 批 batch"
    yield f"  收到 received {found.received_at:%Y-%m-%d %H:%M:%S}（北京时间）{batch}"
    if found.code:
        yield from (f"  {line}" for line in (found.detail or found.code).splitlines())
    elif found.state == SubmissionState.JUDGED:
        yield f"  读取 {found.rows_read} 行 rows read：" + "，".join(_counts(found.counts))
        yield from (f"  说明 noted: {line}" for line in (found.detail or "").splitlines())
    yield from (f"  {line}" for line in found.warnings)
    if found.parked_until:
        yield f"  暂存的行自 {found.parked_until:%Y-%m-%d %H:%M} 起审查 · parked rows are judged from then on"
    for one in found.codes:
        yield f"  {one.code} × {one.rows}（{OUTCOMES_ZH[one.outcome]}）{one.zh}"
        yield f"    {one.en}"
        yield f"    → {one.remedy_zh} {one.remedy_en}"
    for path in found.answers:
        yield f"  答复 answer: {path}"


def _counts(counts: dict[str, int]) -> Iterator[str]:
    """Name accepted rows always, the other outcomes where there are any."""
    for outcome in Outcome:
        if counts[outcome] or outcome == Outcome.ACCEPTED:
            yield f"{OUTCOMES_ZH[outcome]} {outcome.value} {counts[outcome]}"


def submission_rows(found: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each submission in a list."""
    for one in found:
        state = STATES[SubmissionState(one["state"])] + (f" {one['code']}" if one["code"] else "")
        state += " · 分散 scattered" if one["scattered"] else ""
        state += " · 关闭后补收 late" if one["late"] else ""
        counts = [one[outcome.value] or "" for outcome in Outcome]
        named = (one["branch"], KINDS[one["kind"]].zh, one["filename"], state)
        received = f"{one['received_at']:%Y-%m-%d %H:%M}"
        yield f"{one['receipt']:06d}", received, *named, one["rows_read"], *counts, one["batch"]
