"""How a unit confirms that packages reached it: by scanning labels, or by signed paper lists (N9)."""

from enum import StrEnum

from rules.reference import Reference
from rules.refusals import Reason, Refused, register
from rules.season import Pack

register(
    Reason(
        "N9-no-paper",
        "N9",
        "本季不以纸质签收表登记交接：{unit} 应扫描标签二维码。",
        "Transfers are not confirmed on paper in this season: {unit} scans the label.",
        "请用 biye package scan 编号 --by {unit}。",
        "Use biye package scan CODE --by {unit}.",
    ),
)


class Tracking(StrEnum):
    """What a confirmed transfer rests on."""

    SCAN = "scan"
    PAPER = "paper"


CHINESE = {Tracking.SCAN: "扫描 scan", Tracking.PAPER: "纸质签收 paper"}


def tracking_of(pack: Pack, reference: Reference, unit: str) -> Tracking:
    """Return how a unit confirms in a season: outside the pilot on paper; a unit may always scan."""
    if pack.qr_pilot is None:
        return Tracking.PAPER
    if pack.qr_pilot.units == "all":
        return Tracking.SCAN
    if pack.qr_pilot.units == "flagged":
        organisations = reference.organisations
        flagged = unit in set(organisations.loc[organisations["pilot"], "code"])
        return Tracking.SCAN if flagged else Tracking.PAPER
    return Tracking.SCAN if unit in pack.qr_pilot.units else Tracking.PAPER


def check_paper(pack: Pack, reference: Reference, unit: str) -> None:
    """Refuse a paper list from a unit of the pilot where the season has no fallback (N9-no-paper)."""
    fallback = pack.qr_pilot is None or pack.qr_pilot.paper_fallback
    if not fallback and tracking_of(pack, reference, unit) is Tracking.SCAN:
        raise Refused("N9-no-paper", unit=unit)
