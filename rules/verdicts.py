"""One verdict a row: collected by column masks, so that only bad rows cost anything."""

from collections.abc import Callable, Iterable
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.refusals_rows import OUTCOME_OF
from rules.submission import Judged, Outcome, no_verdicts

Mask = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.int64]
Shown = pd.Series | Callable[[_Places], list[str]]  # a column as people see it, or its texts at some places


class Verdicts:
    """Verdicts over the rows of one table. The first verdict of a row stays: mark the nearest cause first."""

    def __init__(self, row: npt.NDArray[np.int64]) -> None:
        """Start with every row open; row: source row numbers."""
        self._row = row
        self.open: Mask = np.ones(len(row), dtype=bool)
        self._parts: list[tuple[npt.NDArray[np.int64], str, str, str, list[str]]] = []

    def mark(
        self,
        mask: Mask,
        code: str,
        column: str = "",
        values: Shown | None = None,
        outcome: str | None = None,
    ) -> None:
        """Give the open rows of `mask` a verdict; the outcome is the code's own unless given."""
        hit = np.flatnonzero(mask & self.open)
        if not len(hit):
            return
        self.open[hit] = False
        said = str(outcome or OUTCOME_OF[code])
        self._parts.append((self._row[hit], column, code, said, _texts(values, hit)))

    def park(self, code: str) -> None:
        """Park every row that is still open: good, but outside its window."""
        self.mark(self.open.copy(), code, outcome=Outcome.PARKED)

    def table(self) -> pd.DataFrame:
        """Return all verdicts in row order."""
        if not self._parts:
            return no_verdicts()
        rows, columns, codes, outcomes, values = zip(*self._parts, strict=True)
        row = np.concatenate(rows).astype(np.int64)
        lengths, order = [len(part) for part in rows], np.argsort(row, kind="stable")
        said = {"column": columns, "code": codes, "outcome": outcomes}
        texts = {name: np.repeat(np.array(each, dtype=object), lengths) for name, each in said.items()}
        texts["value"] = np.array([*chain.from_iterable(values)], dtype=object)
        told = {name: pd.Series(text[order], dtype="str") for name, text in texts.items()}
        return pd.DataFrame({"row": row[order], **told})


def _texts(values: Shown | None, hit: _Places) -> list[str]:
    if values is None:
        return [""] * len(hit)
    return values.iloc[hit].astype("str").tolist() if isinstance(values, pd.Series) else values(hit)


def without_rows(judged: Judged, mask: pd.Series, code: str) -> Judged:
    """Return a judged file in which the masked accepted rows have a verdict instead."""
    chosen = mask.to_numpy(dtype=bool)
    if not chosen.any():
        return judged
    hit = judged.accepted[chosen]
    said = {"column": "", "code": code, "outcome": str(OUTCOME_OF[code]), "value": ""}
    verdicts = pd.DataFrame({"row": hit["row"], **said}, columns=judged.verdicts.columns)
    kept = judged.accepted[~chosen].reset_index(drop=True)
    return Judged(kept, pd.concat([judged.verdicts, verdicts], ignore_index=True), judged.notes)


def among(values: pd.Series, allowed: Iterable[str]) -> Mask:
    """Return where a text is one of `allowed`."""
    return np.asarray(values.isin(list(allowed)), dtype=bool)


def empty(values: pd.Series) -> Mask:
    """Return where a text is empty."""
    return np.asarray(values == "", dtype=bool)
