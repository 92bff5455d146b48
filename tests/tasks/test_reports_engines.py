"""Every report on both database engines, for a lot whose certificates are printed (G2)."""

from rules.reports import Asked
from tasks.gap import season_gaps
from tasks.reports import REPORTS, make_report
from tasks.stocktake import open_stocktake
from tests.printed_lots import PACKED, hold, installation, printed_lot, shipped_reference  # noqa: F401
from tests.rules.policy_packs import january_2020


def test_every_report_reads_both_engines(installation: None) -> None:  # noqa: F811
    lot = printed_lot(["1100201", "1100201", "1100301"])
    hold(1, "dispatch")
    open_stocktake("010", PACKED, "盘点员", shipped_reference())
    asked = Asked(january_2020(), shipped_reference(), PACKED, lot=lot)
    made = {
        name: make_report(name, asked, "李制表", PACKED).rows
        for name, one in REPORTS.items()
        if one.needs != "student"
    }
    assert (made["roll"], made["approval-form"], made["gaps"]) == (3, 3, 3)
    assert (made["to-seal"], made["sign-off"], made["registry"]) == (1, 0, 1)
    gaps = season_gaps("2020-01", asked.pack, PACKED)
    assert {one.cause: one.people for one in gaps.missing} == {"held": 1, "awaiting-packing": 2}
