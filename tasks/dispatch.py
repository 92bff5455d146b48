"""Dispatch of a lot: its packages leave HQ with labels and lists to sign, and the clock of R2 stops."""

from datetime import datetime

from models.database import transaction
from models.settings import settings
from rules.reference import Reference
from rules.season import Pack
from tasks.custody import dispatch_lot
from tasks.package_sheets import labels_and_lists
from tasks.promise import settle


def send_lot(lot_id: int, pack: Pack, reference: Reference, as_of: datetime) -> int:
    """Send what a lot has packed and return how many packages left; labels and lists go to `out/010/`."""
    sent = dispatch_lot(lot_id, as_of, reference)
    sheets = labels_and_lists(lot_id, pack, reference, only=sent) if sent else None
    if sheets:
        folder = settings().folder("out", "010")
        folder.joinpath(f"标签-{lot_id:04d}.pdf").write_bytes(sheets.labels)
        folder.joinpath(f"签收表-{lot_id:04d}.pdf").write_bytes(sheets.lists)
    with transaction() as db:
        settle(db, "certificate", "lot", [lot_id], as_of, pack)
    return len(sent)
