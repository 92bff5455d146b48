"""Rows that speak of the same thing twice inside one file (BAD_INPUT.md: exact duplicate, conflict)."""

import numpy as np
import pandas as pd

from rules.fields import Fields
from rules.verdicts import Mask, Verdicts

_SHOWN = {"student_id": "student_no"}  # our own number of a student says nothing to who sent the file


def mark_repeats(
    table: pd.DataFrame, key: str, fields: Fields, verdicts: Verdicts, held: str = "row-same-key"
) -> None:
    """Hold all open rows of one key that differ; of equal ones the first stands, the others are
    duplicates. held: the code of the former.
    """
    rows = table[verdicts.open]
    rows = rows[rows.duplicated(key, keep=False)]
    if rows.empty:
        return
    content = [str(name) for name in table.columns if name != "row"]
    different = rows.drop_duplicates(content).groupby(key).size()
    conflict = rows[key].map(different) > 1
    name = _SHOWN.get(key, key)
    values = table[key].astype("str") if name == key else fields.written(name)
    fields.mark(_at(rows.index[conflict], len(table)), held, name, values)
    fields.mark(_at(rows.index[rows.duplicated(content)], len(table)), "row-duplicate", name, values)


def _at(index: pd.Index, length: int) -> Mask:
    mask = np.zeros(length, dtype=bool)
    mask[index] = True
    return mask
