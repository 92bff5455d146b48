"""Columns of words, dates and IDs: cleaned and checked the same way in every kind of file."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.characters import clean_codes, clean_texts
from rules.dates import read_date
from rules.identity import mask_id
from rules.names import clean_name, doubt_name
from rules.verdicts import Mask, Verdicts, empty


class Fields:
    """The columns of one file under judgement: each reading cleans a column and marks its bad rows."""

    def __init__(self, table: pd.DataFrame, headings: dict[str, str], verdicts: Verdicts) -> None:
        """headings: Chinese heading by our column name, for the verdicts."""
        self._table = table
        self._headings = headings
        self._verdicts = verdicts
        self.notes: list[str] = []

    def written(self, name: str) -> pd.Series:
        """Return a column as the file has it."""
        return self._table[name]

    def words(self, name: str) -> pd.Series:
        """Return a column of words; one that the file lacks is empty."""
        return self._noted(name, clean_texts)

    def code(self, name: str) -> pd.Series:
        """Return a column of codes: ASCII, without the `.0` of spreadsheets."""
        return self._noted(
            name, lambda raw: clean_codes(raw).str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True)
        )

    def name(self, name: str = "name") -> pd.Series:
        """Return a column of persons' names; doubtful characters are held."""
        names = self._noted(name, lambda raw: raw.map(clean_name).astype("str"))
        self.need(name, names)
        doubts = names.map(doubt_name)
        for code in ("row-private-use", "row-compatibility"):
            self.mark(np.asarray(doubts == code, dtype=bool), code, name, names)
        return names

    def days(self, name: str, *, optional: bool = False) -> pd.Series:
        """Return a column of dates (datetime.date, or None when empty and optional)."""
        texts = self.code(name)
        if not optional:
            self.need(name, texts)
        read = {text: read_date(text) for text in texts.unique() if text}
        for code in ("row-ambiguous-date", "row-bad-date"):
            bad = {text for text, day in read.items() if day == code}
            self.mark(np.asarray(texts.isin(bad), dtype=bool), code, name, texts)
        days = {text: None if isinstance(day, str) else day for text, day in read.items()}
        return pd.Series([days.get(text) for text in texts], index=texts.index, dtype=object)

    def ids(self, name: str = "id_number") -> pd.Series:
        """Return ID numbers in upper case without spaces."""
        return self._noted(name, lambda raw: clean_codes(raw).str.upper().str.replace(" ", "", regex=False))

    def one_of(
        self, name: str, values: pd.Series, allowed: dict[str, str], *, optional: bool = False
    ) -> pd.Series:
        """Return values by a table of what may be written → what is stored; others are refused."""
        if not optional:
            self.need(name, values)
        known = values.isin(list(allowed)) | (values == "")
        self.mark(np.asarray(~known, dtype=bool), "row-bad-value", name, values)
        return values.map(lambda text: allowed.get(text, "")).astype("str")

    def note(self, name: str, count: int, said: str) -> None:
        """Say in how many places of a column something was put right; nowhere is not worth a note."""
        if count:
            self.notes.append(f"{self._headings.get(name, name)}：{count} 处{said}")

    def need(self, name: str, values: pd.Series) -> None:
        """Refuse rows that leave a column empty."""
        self.mark(empty(values), "row-missing", name)

    def mark(self, mask: Mask, code: str, name: str, values: pd.Series | None = None) -> None:
        """Give rows a verdict on a column."""
        self._verdicts.mark(mask, code, self._headings.get(name, name), values)

    def mark_ids(self, codes: npt.NDArray[np.object_], numbers: pd.Series, name: str = "id_number") -> None:
        """Give rows the verdicts of their ID numbers; numbers are shown masked."""
        for code in dict.fromkeys(code for code in codes if code):
            hit = codes == code
            shown = numbers.where(~pd.Series(hit, index=numbers.index), numbers.map(mask_id))
            self.mark(hit, code, name, shown)

    def _noted(self, name: str, clean: Callable[[pd.Series], pd.Series]) -> pd.Series:
        if name not in self._table:
            return pd.Series("", index=self._table.index, dtype="str")
        raw = self._table[name]
        cleaned = clean(raw)
        changed = int((raw.to_numpy() != cleaned.to_numpy()).sum())
        self.note(name, changed, "已规范（空格、全角、不可见字符等）")
        return cleaned
