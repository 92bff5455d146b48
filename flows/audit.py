"""G0: who meets the graduation conditions passes; each branch's lot then waits for a second person."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.each import each, failure
from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.audit import audit_lot, branches_to_audit
from tasks.proposal import propose_lots


@step(task_run_name="audit branch {branch}")
def audit_branch(branch: str, season: str, batch: int, as_of: datetime) -> dict[str, Any]:
    """Decide a branch's cases of the batch."""
    return {"分部 branch": branch, **audit_lot(season, batch, branch, as_of)}


@step()
def propose(season: str, batch: int, as_of: datetime) -> int:
    """Lay every lot with newly passed cases before a second person."""
    return len(propose_lots(season, batch, as_of))


@phase("audit", clause="G0")
def audit_batch(season: str, batch: int, as_of: datetime) -> State | None:
    """审核：逐分部审核毕业资格，合格的提交第二人审批。

    Audit every branch that has cases without an approval, and propose what passed.
    """
    branches = branches_to_audit(season)
    audited = each("分部 branch", audit_branch, branches, season=season, batch=batch, as_of=as_of)
    propose(season, batch, as_of)
    rows = [*audited.done.values(), *audited.failed_rows]
    show("audit", season, batch, rows, "各分部审核结果 · audit results by branch")
    return failure(audited)
