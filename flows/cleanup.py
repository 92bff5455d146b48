"""N8: enrolments past their validity are cleaned up, and nobody is withdrawn without every step before."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.each import each, failure
from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.cleanup_list import list_candidates
from tasks.cleanup_proposal import propose_ready
from tasks.cleanup_view import list_lists, write_lists
from tasks.policy import season_pack
from tasks.proposal import PROPOSER
from tasks.withdrawal_export import export_withdrawals


@step()
def bring_lists_to_day(season: str, as_of: datetime) -> list[str]:
    """List the candidates of every cleanup that has begun, each with its finding."""
    return list_candidates(season, season_pack(season), as_of)


@step(task_run_name="write lists of {branch}")
def write_workbooks(branch: str, season: str, as_of: datetime) -> int:
    """Write a unit's list of candidates to its folder."""
    return len(write_lists(season, branch, as_of))


@step()
def propose(season: str, as_of: datetime) -> int:
    """Lay the lists that have closed, and whose students were notified, before a second person."""
    return len(propose_ready(season, season_pack(season), PROPOSER, as_of))


@step()
def export(season: str, as_of: datetime) -> int:
    """Check the approved withdrawals again and build their packages for CHSI."""
    return len(export_withdrawals(season, season_pack(season), as_of))


@step()
def tell(season: str) -> list[dict[str, Any]]:
    """Return how far each unit's list has come."""
    return list_lists(season)


@phase("cleanup", clause="N8")
def clean_up(season: str, as_of: datetime) -> State | None:
    """清理：列出超学籍有效期的学生；名单截止并告知后提交退学审批；批准的导出上报学信网。

    List candidates, propose what has closed, export what is approved. Each step waits for its day.
    """
    listed = bring_lists_to_day(season, as_of)
    written = each("单位 unit", write_workbooks, listed, season=season, as_of=as_of)
    propose(season, as_of)
    export(season, as_of)
    rows = [*written.failed_rows, *tell(season)]
    show("cleanup", season, None, rows, "各单位学籍清理 · enrolment cleanup by unit")
    return failure(written)
