"""N4: urgent cases are handled early, audit and printing, before all others; a person approves both."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.certificate import pack_certificates, print_certificates
from flows.each import each, failure
from flows.phase import phase
from flows.registration import allocate, export
from flows.results import show
from flows.step import step
from rules.order import URGENT
from tasks.audit import audit_lot
from tasks.proposal import propose_lots
from tasks.urgent import urgent_lots, urgent_places, urgent_work


@step()
def urgent_cases(season: str, case_ids: list[int], as_of: datetime) -> list[int]:
    """Refuse what no second person approved as urgent, and any work while the lane rests."""
    return urgent_work(season, case_ids, as_of)


@step(task_run_name="audit urgent cases {place}")
def audit_urgent(place: tuple[int, str], season: str, as_of: datetime) -> dict[str, Any]:
    """Decide the urgent cases of a batch and branch, and lay those that passed before a second person."""
    batch, branch = place
    counts = audit_lot(season, batch, branch, as_of, lane=URGENT)
    return {"批次 batch": batch, "分部 branch": branch, **counts}


@step()
def propose_urgent_lots(batch: int, season: str, as_of: datetime) -> int:
    """Lay the urgent lots with newly passed cases before a second person."""
    return len(propose_lots(season, batch, as_of, lane=URGENT))


@phase("urgent", clause="N4", waits=True)
def handle_urgent(season: str, case_ids: list[int], as_of: datetime) -> State | None:
    """加急：审核加急个案；名单审批后再次运行，编号、导出、打印、装包。

    Audit urgent cases; run again after the approval of their lots, it numbers, exports, prints and packs.
    """
    cases = urgent_cases(season, case_ids, as_of)
    places = urgent_places(cases)
    audited = each("分部 branch", audit_urgent, places, season=season, as_of=as_of)
    batches = sorted({batch for batch, _ in places})
    proposed = each("批次 batch", propose_urgent_lots, batches, season=season, as_of=as_of)
    lots = urgent_lots(cases)
    for batch in sorted(set(lots.values())):
        allocate(season, batch, as_of)
    exported = each("批 lot", export, lots, season=season, as_of=as_of)
    printed = each("批 lot", print_certificates, exported.done, season=season, as_of=as_of)
    packed = each("批 lot", pack_certificates, printed.done, season=season, as_of=as_of)
    steps = (audited, proposed, exported, printed, packed)
    rows = [row for one in steps for row in one.failed_rows] + [*audited.done.values()]
    rows += [{**printed.done[lot], "证书包 packages": count} for lot, count in packed.done.items()]
    show("urgent", season, None, rows, "加急办理结果 · urgent cases")
    return failure(*steps)
