"""First come, first served (N3): the key of each case, and the order in which certificates are made.

Key = (later of the receipt that brought the last grade the audit needed and the audit data's receipt;
receipt sequence; row in that later submission). The last grade needed is the one with which the minima were
first all reached; what came later does not move the case back.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.credits import Credits, Passes

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
ORDINARY, FAST_TRACK, URGENT = "ordinary", "fast-track", "urgent"  # lanes; the last alone overtakes
LANES_ZH = {ORDINARY: "普通", FAST_TRACK: "续读本科", URGENT: "加急"}
Minima = tuple[Ints, Ints, Ints, Ints]  # total, central, by module, central by module
Key = tuple[Ints, Ints, Ints]  # time (microseconds since 1970, UTC), receipt, row


def order_keys(credits: Credits, minima: Minima, remedial: Mask, audit_data: Key) -> Key:
    """Return the key of each case: of the last grade needed and its audit data, whichever came later.

    remedial: which cases also need their remedial courses (补修). Where the audit data came after every grade
    nobody has to find out which of them was needed.
    """
    newest = np.full(len(remedial), -1, dtype=np.int64)
    np.maximum.at(newest, credits.passes.case, credits.passes.arrival)
    at_issue = np.flatnonzero(_later(credits.receipts.split(newest), audit_data))
    needed = credits.receipts.split(_last_needed(credits, minima, remedial, at_issue))
    at_issue, own = _where_later(at_issue, needed, audit_data)
    key = [part.copy() for part in audit_data]
    for part, grade in zip(key, own, strict=True):
        part[at_issue] = grade
    return key[0], key[1], key[2]


def _later(one: Key, two: Key) -> Mask:
    later: Mask = (one[0] > two[0]) | ((one[0] == two[0]) & (one[1] > two[1]))
    return later


def _where_later(cases: Ints, grade: Key, audit_data: Key) -> tuple[Ints, list[Ints]]:
    """Return those of some cases whose grade came after their audit data, and these grades."""
    later = _later(grade, (audit_data[0][cases], audit_data[1][cases], audit_data[2][cases]))
    return cases[later], [part[later] for part in grade]


def _last_needed(credits: Credits, minima: Minima, remedial: Mask, cases: Ints) -> Ints:
    """Return for some cases the arrival of the last grade that their audit needed, -1 if none was."""
    passes, width = _of_cases(credits.passes, cases, len(remedial)), len(credits.modules)
    counted = passes.where(~credits.remedial_module[passes.module])
    central = counted.where(counted.central)
    total, least_central, by_module, central_by_module = (least[cases] for least in minima)
    arrivals = [
        _reached(counted.case, counted, total),
        _reached(central.case, central, least_central),
        _reached(passes.case * width + passes.module, passes, by_module.ravel()).reshape(-1, width).max(1),
        _reached(central.case * width + central.module, central, central_by_module.ravel())
        .reshape(-1, width)
        .max(1),
    ]
    last: Ints = np.maximum.reduce(arrivals)
    needed = credits.remedial_module[passes.module] & remedial[cases][passes.case]
    np.maximum.at(last, passes.case[needed], passes.arrival[needed])
    return last


def _of_cases(passes: Passes, cases: Ints, count: int) -> Passes:
    """Return the passed courses of some cases; case is then a place among these."""
    place = np.full(count, -1, dtype=np.int64)
    place[cases] = np.arange(len(cases))
    own = passes.where(place[passes.case] >= 0)
    return replace(own, case=place[own.case])


def _reached(group: Ints, passes: Passes, minimum: Ints) -> Ints:
    """Return for each group the arrival at which its credits reach the minimum, -1 for never or nothing."""
    reached = np.full(len(minimum), -1, dtype=np.int64)
    order = np.lexsort((passes.arrival, group))
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
