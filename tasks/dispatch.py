"""Dispatch of a lot: its packages leave HQ with labels and lists to sign, and the clock of R2 stops."""

from datetime import datetime

from models.database import transaction
from models.out import lay_out
from rules.clock import day_in_shanghai
from rules.reference import HQ, Reference
from rules.season import Pack
from tasks.custody import dispatch_lot, leaving_packages
from tasks.package_sheets import labels_and_lists
from tasks.promise import settle
from tasks.repack import take_out_held


def send_lot(lot_id: int, pack: Pack, reference: Reference, as_of: datetime) -> int:
    """Send what a lot has packed and return how many packages left; labels and lists go to `out/010/`.

    What is held is taken out of its package first; then the sheets are written, so that a run that dies
    between them and the dispatch writes them again.
    """
    take_out_held(lot_id, as_of)
    leaving = leaving_packages(lot_id)
    sheets = labels_and_lists(lot_id, pack, reference, only=leaving) if leaving else None
    if sheets:
        part = f"{lot_id:04d}-{day_in_shanghai(as_of):%Y%m%d}"
        lay_out(HQ, f"标签-{part}.pdf", sheets.labels)
        lay_out(HQ, f"签收表-{part}.pdf", sheets.lists)
    sent = dispatch_lot(lot_id, as_of, reference)
    with transaction() as db:
        settle(db, "certificate", "lot", [lot_id], as_of, pack)
    return len(sent)
