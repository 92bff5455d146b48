"""R2: a certificate is finished within 10 workdays after its data arrived, then sent to the branch."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from prefect import State

from flows.each import each, failure, is_spread
from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.certificate import print_lot
from tasks.certificate_drawing import drawing_processes
from tasks.lot import approved_lots
from tasks.packing import pack_lot
from tasks.policy import current_reference, season_pack


@step(task_run_name="print lot {lot}")
def print_certificates(
    lot: int, season: str, as_of: datetime, processes: ProcessPoolExecutor | None = None
) -> dict[str, Any]:
    """Print what of a lot is not held."""
    counts = print_lot(lot, season_pack(season), current_reference(), as_of, processes=processes)
    return {"批 lot": lot, **counts}


@step(task_run_name="pack lot {lot}")
def pack_certificates(lot: int, season: str, as_of: datetime) -> int:
    """Pack what of a lot is printed and need not wait for a seal (N2)."""
    return len(pack_lot(lot, as_of, season_pack(season)))


@phase("certify", clause="R2")
def make_certificates(season: str, batch: int, as_of: datetime) -> State | None:
    """制证：打印并装包本批应制的证书，可随时重新运行。

    Print and pack what is due in a batch. Safe to run again at any point.
    """
    lots = approved_lots(season, batch)
    with nullcontext() if is_spread() else drawing_processes() as processes:
        same: dict[str, Any] = {"season": season, "as_of": as_of}
        if processes:
            same["processes"] = processes
        printed = each("批 lot", print_certificates, lots, **same)
    packed = each("批 lot", pack_certificates, printed.done, season=season, as_of=as_of)
    rows = [*printed.failed_rows, *packed.failed_rows]
    rows += [{**printed.done[lot], "证书包 packages": count} for lot, count in packed.done.items()]
    show("certify", season, batch, rows, "各批证书 · certificates by lot")
    return failure(printed, packed)
