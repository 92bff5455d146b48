"""T4: graduates get their numbers in order of arrival, and their registration leaves within 15 workdays."""

from datetime import datetime
from typing import Any

from prefect import State

from flows.each import each, failure
from flows.phase import phase
from flows.results import show
from flows.step import step
from tasks.lot import approved_lots
from tasks.numbers import allocate_numbers
from tasks.policy import current_reference, season_pack
from tasks.proposal import propose_upload
from tasks.registry_exchange import packages_to_ask, packages_to_send, send_package, take_results
from tasks.registry_export import export_lot
from tasks.registry_photos import export_photos, lots_with_late_photos


@step()
def allocate(season: str, batch: int, as_of: datetime) -> int:
    """Number all approved cases of the batch, in one transaction and in order of arrival (N3)."""
    return allocate_numbers(season, batch, season_pack(season), as_of)


@step(task_run_name="export lot {lot}")
def export(lot: int, season: str, as_of: datetime) -> dict[str, Any]:
    """Build a lot's package for the registry and propose its upload."""
    package = export_lot(lot, season_pack(season), current_reference(), as_of)
    approval = None if package is None else propose_upload(package, as_of)
    return {"批 lot": lot, "注册包 package": package, "待审批 approval": approval}


@step(task_run_name="export late photos of lot {lot}")
def export_late_photos(lot: int, as_of: datetime) -> dict[str, Any]:
    """Build the package of photos that came after their graduates were registered (N7)."""
    package = export_photos(lot, as_of)
    approval = None if package is None else propose_upload(package, as_of)
    return {"批 lot": lot, "照片包 photo package": package, "待审批 approval": approval}


@step(task_run_name="send package {package}")
def send(package: int, as_of: datetime) -> dict[str, Any]:
    """Upload an approved package, once whatever happens."""
    return {"注册包 package": package, "上报 upload": str(send_package(package, as_of))}


@step(task_run_name="take results of package {package}")
def take(package: int, season: str, as_of: datetime) -> dict[str, Any]:
    """Take in the registry's answers to a package."""
    return {
        "注册包 package": package,
        **take_results(package, season_pack(season), current_reference(), as_of),
    }


@phase("register", clause="T4")
def register_graduates(season: str, batch: int, as_of: datetime) -> State | None:
    """注册：为已批准的学生编证书号，逐批生成学信网注册包，上报须第二人审批；接口上报和反馈自动办理。

    Number what is approved, export it lot by lot; a second person lets the upload go. What is approved is
    uploaded and what is answered is taken in where the registry has an interface, of earlier batches, too.
    """
    allocate(season, batch, as_of)
    exported = each("批 lot", export, approved_lots(season, batch), season=season, as_of=as_of)
    photos = each("批 lot", export_late_photos, lots_with_late_photos(season), as_of=as_of)
    sent = each("注册包 package", send, packages_to_send(season), as_of=as_of)
    taken = each("注册包 package", take, packages_to_ask(season), season=season, as_of=as_of)
    parts = (exported, photos, sent, taken)
    rows = [row for part in parts for row in (*part.failed_rows, *part.done.values())]
    show("register", season, batch, rows, "各批注册包 · registry packages by lot")
    return failure(*parts)
