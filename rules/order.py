"""First come, first served (N3): the key of each case, and the order in which certificates are made.

Key = (later of the receipt that brought the last grade the audit needed and the audit data's receipt;
receipt sequence; row in that later submission). The last grade needed is the one with which the minima were
first all reached; what came later does not move the case back.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.credits import Credits, Passes

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
ORDINARY, FAST_TRACK, URGENT = "ordinary", "fast-track", "urgent"  # lanes; the last alone overtakes
LANES_ZH = {ORDINARY: "普通", FAST_TRACK: "续读本科", URGENT: "加急"}
Minima = tuple[Ints, Ints, Ints, Ints]  # total, central, by module, central by module


def last_needed(credits: Credits, minima: Minima, remedial: Mask, remedial_module: Mask) -> Ints:
    """Return for each case the arrival of the last grade that its audit needed, -1 if none was.

    remedial: which cases also need their remedial courses (补修); remedial_module: of the curriculum.
    """
    passes, width = credits.passes, len(credits.modules)
    is_remedial = remedial_module[passes.module]
    counted = _chosen(passes, ~is_remedial)
    central = _chosen(passes, passes.central & ~is_remedial)
    arrivals = [
        _reached(counted.case, counted, minima[0]),
        _reached(central.case, central, minima[1]),
        _reached(passes.case * width + passes.module, passes, minima[2].ravel()).reshape(-1, width).max(1),
        _reached(central.case * width + central.module, central, minima[3].ravel()).reshape(-1, width).max(1),
    ]
    last: Ints = np.maximum.reduce(arrivals)
    needed = is_remedial & remedial[passes.case]
    np.maximum.at(last, passes.case[needed], passes.arrival[needed])
    return last


def _chosen(passes: Passes, mask: Mask) -> Passes:
    return Passes(*(part[mask] for part in vars(passes).values()))


def _reached(group: Ints, passes: Passes, minimum: Ints) -> Ints:
    """Return for each group the arrival at which its credits reach the minimum, -1 for never or nothing.

    passes are in order of arrival inside each group's case.
    """
    reached = np.full(len(minimum), -1, dtype=np.int64)
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    running = np.cumsum(passes.credits[order])
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    before = running - passes.credits[order]
    within = running - before[new][np.cumsum(new) - 1] if len(ordered) else running
    enough = np.flatnonzero((within >= minimum[ordered]) & (minimum[ordered] > 0))
    # Written backwards, so that the first of each group is what stays.
    reached[ordered[enough][::-1]] = passes.arrival[order][enough][::-1]
    return reached


def fifo_keys(grade: tuple[Ints, Ints, Ints], audit_data: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Return the key of each case: of two (time, receipt, row) the one of the later receipt."""
    later = (grade[0] > audit_data[0]) | ((grade[0] == audit_data[0]) & (grade[1] > audit_data[1]))
    at, receipt, row = (np.where(later, one, two) for one, two in zip(grade, audit_data, strict=True))
    return at, receipt, row


def fifo_order(cases: pd.DataFrame) -> Ints:
    """Return the places of cases in FIFO order. cases: order_at, order_receipt, order_row."""
    ordered = cases.reset_index(drop=True).sort_values(
        ["order_at", "order_receipt", "order_row"], kind="stable"
    )
    return ordered.index.to_numpy(np.int64)


def fifo_ranks(cases: pd.DataFrame) -> Ints:
    """Return each case's rank from 1 in FIFO order."""
    ranks = np.empty(len(cases), dtype=np.int64)
    ranks[fifo_order(cases)] = np.arange(1, len(cases) + 1)
    return ranks


def lots_in_order(cases: pd.DataFrame) -> list[int]:
    """Return lot ids in the order of printing and dispatch: by first case, urgent lots before all others.

    cases: lot_id, lane, order_at, order_receipt, order_row.
    """
    ordered = cases.iloc[fifo_order(cases)]
    firsts = ordered.drop_duplicates("lot_id")
    urgent = (firsts["lane"] == URGENT).to_numpy(dtype=bool)
    return [int(lot) for lot in [*firsts["lot_id"][urgent], *firsts["lot_id"][~urgent]]]
