"""Certificate covers (毕业证封皮): a unit's estimates beside its graduates, and what is asked of it (N6)."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_cover  # noqa: F401  registers its codes
from rules.columns import COVER_ESTIMATE
from rules.fields import Fields
from rules.repeats import mark_repeats
from rules.season_values import Level
from rules.submission import Judged
from rules.verdicts import Verdicts

HEADINGS = {column.name: column.heading for column in COVER_ESTIMATE}
LEVELS = {level.value: level.value for level in Level}
_WHOLE = r"[0-9]{1,6}"


class CoverState(StrEnum):
    """How a unit's estimate for one level stands beside its approved graduates."""

    MISSING = "missing"  # none was sent: to be reminded
    OPEN = "open"  # nobody is approved yet, so nothing can be compared
    AGREES = "agrees"
    EXPLAIN = "explain"  # outside the tolerance, and no explanation was given
    EXPLAINED = "explained"


ASKED = frozenset({CoverState.MISSING, CoverState.EXPLAIN})
CHINESE = {
    CoverState.MISSING: "未报",
    CoverState.OPEN: "待比对",
    CoverState.AGREES: "相符",
    CoverState.EXPLAIN: "待说明",
    CoverState.EXPLAINED: "已说明",
}


def judge_cover_estimates(table: pd.DataFrame, row: npt.NDArray[np.int64]) -> Judged:
    """Judge a file of estimates; accepted: row, level, quantity int, note. One row a level."""
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    data = pd.DataFrame({"row": row})
    data["level"] = fields.one_of("level", fields.words("level"), LEVELS)
    quantities = fields.code("quantity")
    fields.need("quantity", quantities)
    whole = quantities.str.fullmatch(_WHOLE).to_numpy(dtype=bool)
    fields.mark(~whole, "N6-quantity", "quantity", quantities)
    data["quantity"] = quantities.where(whole, "0").astype("int64")
    data["note"] = fields.words("note")
    mark_repeats(data, "level", fields, verdicts, "N6-same-level")
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def difference_percent(estimate: int | None, graduates: int) -> float | None:
    """Return by how many percent of its graduates an estimate lies above them; None without either.

    >>> difference_percent(120, 100)
    20.0
    """
    if estimate is None or graduates == 0:
        return None
    return round(100 * (estimate - graduates) / graduates, 1)


def cover_state(estimate: int | None, graduates: int, tolerance: int, note: str) -> CoverState:
    """Return how an estimate stands. tolerance: percent of the graduates; just that much still agrees (N6).

    Where nobody is approved yet, no estimate is still missing and any other is open.
    """
    if estimate is None:
        return CoverState.MISSING
    if graduates == 0:
        return CoverState.OPEN
    if 100 * abs(estimate - graduates) <= tolerance * graduates:
        return CoverState.AGREES
    return CoverState.EXPLAINED if note else CoverState.EXPLAIN
