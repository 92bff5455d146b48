"""T1, T2: files come in inside their windows; what came too early or too late waits for the next batch."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.each import Outcomes, failure, in_turn
from flows.phase import phase
from flows.promises import show_records
from flows.results import show
from flows.step import step
from tasks.answering import answer
from tasks.closing import close_windows
from tasks.inbox import collect
from tasks.intake import parked_submissions, take_in, waiting_submissions
from tasks.policy import current_reference, season_pack
from tasks.pull import pull, source_named, source_names

RECEIPT, SOURCE, LIST = "回执 receipt", "来源 source", "来源清单 list of sources"
JUDGED = "每份上报的行数 · rows of each submission by outcome"


@step(task_run_name="judge receipt {receipt}")
def judge(receipt: int, season: str, as_of: datetime, batch: int | None = None) -> dict[str, Any]:
    """Judge one receipt, store it and answer its unit."""
    pack = season_pack(season)
    counts = take_in(receipt, pack, current_reference(), as_of, batch)
    answer(receipt, pack)
    return {"回执 receipt": receipt, **counts}


@step(task_run_name="sources of {season}")
def list_sources(season: str, as_of: datetime) -> list[str]:
    """Name the sources that offer files for a season."""
    return source_names(season, as_of)


@step(task_run_name="pull {source}")
def pull_source(source: str, season: str, as_of: datetime) -> dict[str, Any]:
    """Fetch what a source offers and receive it, unless it is here already."""
    pulled = pull(source_named(source), season, as_of)
    return {SOURCE: source, RECEIPT: pulled.receipt, "state": "新 new" if pulled.new else "未变 unchanged"}


@step()
def collect_inbox(season: str, as_of: datetime) -> dict[str, str]:
    """Receive the files that lie in the inbox."""
    return collect(season, as_of)


@step()
def close(season: str, batch: int, as_of: datetime) -> list[dict[str, Any]]:
    """Write down what each kind of submission had brought when its window closed."""
    return close_windows(season, batch, season_pack(season), as_of)


@phase("open", clause="T1")
def open_batch(season: str, batch: int, as_of: datetime) -> State | None:
    """开批：按收到的先后审核为本批留存的数据。

    Open a batch: judge what was parked for it, in the order in which it was received.
    """
    parked = parked_submissions(season, batch, season_pack(season))
    judged = in_turn(RECEIPT, judge, parked, season=season, as_of=as_of, batch=batch)
    return _told("open", season, batch, judged)


@phase("intake", clause="T1")
def receive_submissions(season: str, batch: int, as_of: datetime) -> State | None:
    """收件：拉取各来源的文件，收取收件箱中的文件，审核所有尚未审核的回执。

    Fetch what sources offer, take what lies in the inbox, and judge every receipt that is not judged yet.
    """
    listed = in_turn(LIST, list_sources, [season], as_of=as_of)
    pulled = in_turn(SOURCE, pull_source, listed.done.get(season, ()), season=season, as_of=as_of)
    collect_inbox(season, as_of)
    # One after another: a roster must stand before what is compared with it.
    judged = in_turn(RECEIPT, judge, waiting_submissions(season, as_of), season=season, as_of=as_of)
    show_records(season, as_of)  # what the registry has accepted is public that day (N7)
    return _told("intake", season, batch, listed, pulled, judged)


@phase("close", clause="T1")
def close_batch(season: str, batch: int, as_of: datetime) -> State | None:
    """截止：审核最后的回执，登记各窗口收到的数据。

    Close the windows that ended: judge the last receipts, then count what each window brought.
    """
    collect_inbox(season, as_of)  # what came to rest before the end is in time
    judged = in_turn(RECEIPT, judge, waiting_submissions(season, as_of), season=season, as_of=as_of)
    if judged.failed:
        return failure(judged)
    show("close", season, batch, close(season, batch, as_of), "各窗口收到的数据 · what each window brought")
    return None


def _told(phase: str, season: str, batch: int, *outcomes: Outcomes) -> State | None:
    failed = [row for one in outcomes for row in one.failed_rows]
    show(phase, season, batch, [*failed, *outcomes[-1].done.values()], JUDGED)
    return failure(*outcomes)
