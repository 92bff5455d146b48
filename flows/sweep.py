"""The sweep: schedules are the plan, the sweep is the guarantee (DESIGN, decision 1)."""

from datetime import datetime

from prefect.artifacts import create_table_artifact
from prefect.states import Failed

from flows.each import failure, in_turn
from flows.phase import phase
from flows.step import step
from rules.clock import now_in_shanghai
from tasks.attempts import FORGOTTEN_AFTER, forget_attempts
from tasks.dead_runs import mark_dead_runs
from tasks.late_answers import seasons_closed, take_late_answers
from tasks.phase import missed_phases
from tasks.sweep import start_missed
from tasks.tail import tail_phases
from tasks.verification import seal_day

SAID = {
    "started": "已补启动 / started",
    "running": "正在运行 / is running",
    "waiting": "即将运行 / about to run",
    "not-deployed": "没有部署，请运行 biye season deploy / has no deployment",
}


@step()
def seal(as_of: datetime) -> int:
    """Anchor the head of every event stream, once a day."""
    return seal_day(as_of)


@step()
def forget_tries() -> int:
    """Forget who tried to come in at the pages, once no limit counts it any more."""
    return forget_attempts(now_in_shanghai() - FORGOTTEN_AFTER)


@step(task_run_name="late answers of {season}")
def late_answers(season: str, as_of: datetime) -> int:
    """Take what the registry says of a closed season, and show the records that are due (N5, N7)."""
    return take_late_answers(season, as_of)


@phase("sweep", clause="G2")
def sweep(season: str = "", *, as_of: datetime) -> object:
    """补漏：启动到期而未完成的阶段和尾批，标出进程已不在的运行；补收关闭后的学信网回执；每日封存记录。

    Start what is due and not done, and what a batch has left after its last run; mark the runs that died.
    Take what the registry says of closed seasons, seal the day's events, forget old tries at the pages. An
    empty season means every season.
    """
    mark_dead_runs()
    seal(as_of)
    forget_tries()
    late = in_turn("毕业季 season", late_answers, [] if season else seasons_closed(), as_of=as_of)
    missed = list(dict.fromkeys([*missed_phases(as_of, season), *tail_phases(as_of, season)]))
    outcomes = [start_missed(one, as_of) for one in missed]
    if not missed:
        return failure(late)
    found = [
        {"阶段 phase": one.name, "结果 outcome": SAID[said]}
        for one, said in zip(missed, outcomes, strict=True)
    ]
    create_table_artifact(found, key=f"sweep-{season or 'all'}", description="到期未完成 · due and not done")
    if "not-deployed" in outcomes:
        return Failed(message="有阶段没有部署 / a phase has no deployment: see the artifact")
    return failure(late)
