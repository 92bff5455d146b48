"""Rejected graduates exported again without a correction, where the fault was the registry's (T4)."""

from datetime import datetime

from rules.approvals import same_name
from rules.refusals import Refused
from tasks.policy import current_reference, season_pack
from tasks.proposal import propose_upload
from tasks.registry_export import export_lot
from tasks.registry_view import list_registry_packages


def export_again(package_id: int, by: str, as_of: datetime) -> tuple[int, int]:
    """Export who is rejected in a package's lot again; return the new package and its upload's approval.

    Raises Refused T4-package-unknown, T4-nobody-rejected, approval-nameless; else as export_lot.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    found = list_registry_packages(package=package_id)
    if not found:
        raise Refused("T4-package-unknown", package=package_id)
    lot, season = found[0]["lot_id"], found[0]["season"]
    made = export_lot(lot, season_pack(season), current_reference(), as_of, again=True, by=by)
    if made is None:
        raise Refused("T4-nobody-rejected", package=package_id)
    return made, propose_upload(made, as_of)
