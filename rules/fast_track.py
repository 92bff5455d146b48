"""The fast track of short-cycle graduates who go on to an undergraduate programme (专科毕业生续读本科, T3).

Their audit data come in files of their own, early; their cases form lots of their own. A lane is no
overtaking: such a lot stands where its first case does.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_fast_track  # noqa: F401  registers its codes
from rules.audit_data import is_continuing, judge_audit_data
from rules.order import FAST_TRACK, ORDINARY, URGENT
from rules.refusals_files import refused_file
from rules.season import Pack
from rules.season_values import Kind
from rules.submission import Judged, RosterContext
from rules.windows import place

MOST_NAMED = 20  # rows in a refusal
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
AuditDataJudge = Callable[[pd.DataFrame, Rows, RosterContext], Judged]


def audit_data_judge(pack: Pack, kind: str, received_at: datetime, file: str) -> AuditDataJudge:
    """Return how a file of audit data is judged, which may refuse it whole: T3-ordinary-rows, T3-mixed.

    In the lane's own files all rows are of students who go on. While the lane takes files, ordinary ones do
    not mix: a file of such students alone says that they do not use the lane.
    """
    if kind == Kind.AUDIT_DATA_FAST_TRACK and pack.fast_track:
        return partial(_judge_lane, file, pack.fast_track.level)
    takes = place(pack, Kind.AUDIT_DATA_FAST_TRACK, received_at).outcome != "refused"
    return partial(_judge_beside, file) if takes else judge_audit_data


def _judge_lane(file: str, level: str, table: pd.DataFrame, row: Rows, ctx: RosterContext) -> Judged:
    ordinary = ~is_continuing(table)
    if ordinary.any():
        raise refused_file("T3-ordinary-rows", file, row=named(row[ordinary]))
    return judge_audit_data(table, row, ctx, level)


def _judge_beside(file: str, table: pd.DataFrame, row: Rows, ctx: RosterContext) -> Judged:
    continuing = is_continuing(table)
    if continuing.any() and not continuing.all():
        raise refused_file("T3-mixed", file, row=named(row[continuing]))
    return judge_audit_data(table, row, ctx)


def named(rows: Rows) -> str:
    """Name rows, the first of them where there are many.

    >>> named(np.array([3, 5]))
    '3、5'
    """
    more = f" …（{len(rows)}）" if len(rows) > MOST_NAMED else ""
    return "、".join(map(str, rows[:MOST_NAMED])) + more


def lanes(kind: str, continuing: pd.Series, known: pd.Series) -> pd.Series:
    """Return the lane of each case after a row of audit data. known: its lane before, missing for a new one.

    An ordinary row of somebody who goes on, such as a correction after the deadline, leaves the lane as it
    is. Urgent is HQ's word and stays.
    """
    in_lane = (kind == Kind.AUDIT_DATA_FAST_TRACK) | ((known == FAST_TRACK) & continuing.astype(bool))
    chosen = np.select([known == URGENT, in_lane], [URGENT, FAST_TRACK], ORDINARY)
    return pd.Series(chosen, index=continuing.index, dtype=object)
