"""N9, R2: packages leave HQ with their labels, in the order in which their data arrived."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.each import each, failure
from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.dispatch import send_lot
from tasks.lot import approved_lots
from tasks.policy import current_reference, season_pack


@step(task_run_name="dispatch lot {lot}")
def dispatch(lot: int, season: str, as_of: datetime) -> dict[str, Any]:
    """Write a lot's labels and lists to sign, and send its packages on their way."""
    sent = send_lot(lot, season_pack(season), current_reference(), as_of)
    return {"批 lot": lot, "发出 packages sent": sent}


@phase("dispatch", clause="R2")
def dispatch_packages(season: str, batch: int, as_of: datetime) -> State | None:
    """发证：按数据到达先后，把本批证书包发往各分部。

    Send the packages of a batch to their branches, lots in order of their first case (N3).
    """
    sent = each("批 lot", dispatch, approved_lots(season, batch), season=season, as_of=as_of)
    rows = [*sent.done.values(), *sent.failed_rows]
    show("dispatch", season, batch, rows, "各批发出的证书包 · packages sent by lot")
    return failure(sent)
