"""Score sheets taken in by an ordinary pandas program: text columns, masks and merges, all checks of Biye.

It keeps the bytes, decodes strictly, cleans every cell, gives each bad row its first verdict, finds what the
sheet or an earlier one says already, and writes Parquet and a list of verdicts. Roster and reference data are
in its memory before: only the files cost.
"""

import hashlib
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bench.data import SCORE_SHEETS, manifest
from bench.plain_side import Timed
from rules.columns import SCORE_SHEET_WITH_TERM

LEAST_ROWS = 300_000  # of the sample: as many whole units as that takes
OURS = {column.heading: column.name for column in SCORE_SHEET_WITH_TERM}
KEY = ["student_id", "course_id", "exam_code", "attempt"]
KEPT = ["row", *KEY[:3], "category", "attempt", "score"]
_INVISIBLE = [
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x206A),
    0xAD,
    0x61C,
    0x180E,
    0xFEFF,
]
_CLEAN: dict[int, str | None] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full width
    **dict.fromkeys((0x3000, 0xA0), " "),
    **dict.fromkeys((*_INVISIBLE, 0x0D, 0x0A), None),
}


@dataclass
class Taken:
    """What became of one sheet. accepted: KEPT; verdicts: row, code."""

    accepted: pd.DataFrame
    verdicts: pd.DataFrame


class PandasSide:
    """The sheets of some units of a season, taken in beside an installation that has taken in all."""

    def __init__(self, folder: Path, home: Path, out: Path) -> None:
        """folder: of the season's files; home: Biye's installation, with roster and outcome; out:
        a folder to write to.
        """
        self._folder, self._home, self._out = folder, home, out
        with closing(sqlite3.connect(home / "biye.db")) as db:
            self._roster = pd.read_sql("SELECT student_no, id AS student_id, branch FROM student", db)
        courses = pd.read_csv(folder / "reference" / "courses.csv", dtype=str)
        self._modules = dict(zip(courses["课程ID"].astype(int), courses["模块"], strict=True))
        codes = pd.read_csv(folder / "reference" / "score-codes.csv", dtype=str, keep_default_na=False)
        self._scores = dict(zip(codes["代码"], codes["分数"].astype(int), strict=True))
        self._files = [row for row in manifest(folder) if row["kind"] in SCORE_SHEETS]
        self.units = list(self._choose())
        self.taken: dict[str, Taken] = {}  # by SHA-256
        self._known: dict[str, pd.DataFrame] = {}  # by unit: what was accepted

    def _choose(self) -> Iterator[str]:
        """Yield units from the middle of the list on until their sheets have rows enough."""
        units = sorted({row["branch"] for row in self._files})
        rows = 0
        for unit in units[len(units) // 2 :] + units[: len(units) // 2]:
            if rows < LEAST_ROWS:
                own = [self._folder / row["file"] for row in self._files if row["branch"] == unit]
                rows += sum(file.read_bytes().count(b"\n") for file in own)
                yield unit

    def take_in(self) -> Timed:
        """Take in every sheet of the chosen units in the order in which Biye judges them."""
        timed = Timed()
        own = [row for row in self._files if row["branch"] in self.units]
        for row in sorted(own, key=lambda row: row["received_at"]):
            with timed.running():
                timed.rows += self._take_file(self._folder / row["file"], row["kind"], row["branch"])
        return timed

    def _take_file(self, file: Path, kind: str, unit: str) -> int:
        data, out = file.read_bytes(), self._out
        digest = hashlib.sha256(data).hexdigest()
        if (out / digest).exists():  # sent twice
            return 0
        (out / digest).write_bytes(data)
        sheet = self._read(data)
        taken = self._judge(sheet, kind, unit)
        taken.accepted.to_parquet(out / f"{digest}.parquet")
        taken.verdicts.to_csv(out / f"{digest}.csv")
        self.taken[digest] = taken
        return len(sheet)

    @staticmethod
    def _read(data: bytes) -> pd.DataFrame:
        """Return a sheet as text under our names; raises ValueError for bytes that are no text."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        if "\0" in text or "\ufffd" in text:
            raise ValueError("broken text")
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, on_bad_lines="error")
        return table.rename(columns=OURS)[[name for heading, name in OURS.items() if heading in table]]

    def _judge(self, written: pd.DataFrame, kind: str, unit: str) -> Taken:
        sheet = written.apply(_cleaned)
        sheet["row"] = np.arange(2, len(sheet) + 2)
        number = sheet["student_no"]
        sheet["student_no"] = number.where(number.str.len() != 12, "0" + number)
        sheet = sheet.merge(self._roster, on="student_no", how="left")
        sheet["course_id"] = _numbers(sheet["course"], most=5)
        sheet["score"] = self._scores_of(sheet["score_code"])
        sheet["attempt"] = _numbers(sheet["attempt"], most=2)
        sheet["code"] = self._codes(sheet, kind, unit)
        _mark_repeats(sheet)
        self._mark_known(sheet, unit)
        good = sheet["code"] == ""
        accepted = sheet.loc[good, KEPT].astype({"student_id": int, "score": int})
        self._known[unit] = pd.concat([self._known.get(unit), accepted[[*KEY, "score"]]])
        return Taken(accepted, sheet.loc[~good, ["row", "code"]])

    def _scores_of(self, code: pd.Series) -> pd.Series:
        padded = code.where(~code.str.fullmatch("[0-9]"), "0" + code)
        scores = code.map(self._scores).fillna(padded.map(self._scores))
        return scores.where(code != "100", 100).fillna(-1)

    def _codes(self, sheet: pd.DataFrame, kind: str, unit: str) -> pd.Series:
        """Return the first thing that is wrong with each row, "" for nothing."""
        module = sheet["course_id"].map(self._modules)
        wrong = [
            ("row-scientific", sheet["student_no"].str.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")),
            ("row-unknown-student", sheet["student_id"].isna()),
            ("row-other-branch", sheet["branch"] != unit),
            ("row-unknown-course", module.isna()),
            ("T1-not-practice", (module != "06") & (kind == "practice")),
            ("row-missing", sheet["score_code"] == ""),
            ("row-unknown-score", sheet["score"] < 0),
            ("row-bad-attempt", sheet["attempt"] < 1),
        ]
        for name in ("exam_code", "category"):
            wrong.append(("row-missing", sheet[name] == ""))
            wrong.append(("row-bad-code", ~sheet[name].str.fullmatch(r"[\x21-\x7e]{1,12}")))
        if kind == "grade-history":
            wrong.append(("row-bad-term", ~sheet["term"].str.fullmatch(r"20[0-9]{2}(03|09)")))
        code = np.select([mask for _, mask in wrong], [code for code, _ in wrong], default="")
        return pd.Series(code, index=sheet.index)

    def _mark_known(self, sheet: pd.DataFrame, unit: str) -> None:
        """Mark what an earlier sheet of the unit said: the same, or another score, which has to wait."""
        if unit not in self._known:
            return
        known = sheet[KEY].merge(self._known[unit], on=KEY, how="left")["score"]
        again = known.notna() & (sheet["code"] == "")
        sheet.loc[again, "code"] = np.where(known == sheet["score"], "row-already", "row-correction")[again]

    def differences(self) -> str:
        """Compare with Biye's receipts row by row; "" where all is the same."""
        with closing(sqlite3.connect(self._home / "biye.db")) as db:
            for digest, taken in self.taken.items():
                receipt, grades = db.execute(
                    "SELECT id, grades FROM submission WHERE sha256 = ?", (digest,)
                ).fetchone()
                said = "SELECT row, code FROM row_verdict WHERE submission_id = ? ORDER BY row"
                if db.execute(said, (receipt,)).fetchall() != _listed(taken.verdicts):
                    return f"verdicts of receipt {receipt}"
                if not self._same_grades(grades, taken.accepted):
                    return f"grades of receipt {receipt}"
        return ""

    def _same_grades(self, digest: str | None, accepted: pd.DataFrame) -> bool:
        if digest is None:
            return accepted.empty
        stored = pd.read_parquet(self._home / "archive" / digest[:2] / digest)
        numbers = dict.fromkeys(("row", "student_id", "course_id", "attempt", "score"), "int64")
        both = [
            frame[KEPT].astype(numbers | dict.fromkeys(("exam_code", "category"), "str"))
            for frame in (stored, accepted)
        ]
        ours, theirs = (frame.sort_values("row", ignore_index=True) for frame in both)
        return ours.equals(theirs)


def _cleaned(column: pd.Series) -> pd.Series:
    clean = column.str.translate(_CLEAN).str.strip()
    return clean.str.replace(r"^([+-]?[0-9]+)\.0+$", r"\1", regex=True)


def _numbers(column: pd.Series, most: int) -> pd.Series:
    """Return whole numbers of at most so many digits, -1 for anything else."""
    right = column.str.fullmatch(f"[0-9]{{1,{most}}}")
    return column.where(right, "-1").astype(int)


def _mark_repeats(sheet: pd.DataFrame) -> None:
    """Mark what the sheet says twice: as duplicates, or all of them where they differ."""
    good = sheet[sheet["code"] == ""]
    again = good[good.duplicated(KEY, keep=False)]
    conflict = again.groupby(KEY)["score"].transform("nunique") > 1
    sheet.loc[again.index[again.duplicated(KEY) & ~conflict], "code"] = "row-duplicate"
    sheet.loc[again.index[conflict], "code"] = "row-conflict"


def _listed(verdicts: pd.DataFrame) -> list[tuple[int, str]]:
    return list(verdicts.sort_values("row")[["row", "code"]].itertuples(index=False, name=None))
