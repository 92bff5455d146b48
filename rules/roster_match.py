"""Rows about students against the roster: who is it, is it the sender's student, does the row say
the same.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.characters import clean_codes, fold_brackets
from rules.fields import Fields
from rules.majors import split_major
from rules.submission import RosterContext


def matched_students(fields: Fields, ctx: RosterContext) -> tuple[pd.Series, pd.DataFrame]:
    """Return cleaned student numbers and, row by row, the roster's columns (missing where nobody matches).

    Refuses unknown students and, with a security record, students of another unit.
    """
    numbers = student_numbers(fields)
    known = ctx.students.set_index("student_no")
    at = known.index.get_indexer(pd.Index(numbers))
    found = known.reset_index(drop=True).reindex(at).reset_index(drop=True)
    fields.mark(at < 0, "row-unknown-student", "student_no", numbers)
    if ctx.branch != "010":
        elsewhere = (at >= 0) & (found["branch"] != ctx.branch).to_numpy(dtype=bool)
        fields.mark(elsewhere, "row-other-branch", "student_no", numbers)
    return numbers, found


def student_numbers(fields: Fields) -> pd.Series:
    """Return the student numbers of a file, a lost zero put back; refuses what is empty or lost digits."""
    written = fields.code("student_no")
    fields.need("student_no", written)
    numbers = with_lost_zero(written)
    fields.note("student_no", int((numbers != written).sum()), "补回前导零")
    scientific = numbers.str.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
    fields.mark(scientific.to_numpy(dtype=bool), "row-scientific", "student_no", numbers)
    return numbers


def with_lost_zero(numbers: pd.Series) -> pd.Series:
    """Put back the leading zeros that a spreadsheet took from student numbers."""
    return numbers.map(put_back_zero).astype("str")


def put_back_zero(number: str) -> str:
    """Put back the leading zero that a spreadsheet took from a student number."""
    return f"0{number}" if len(number) == 12 and number.isascii() and number.isdigit() else number


def numbers_named(raw: pd.Series) -> list[str]:
    """Return the student numbers that a file's column names, each once, as the rules will read them.

    What is no student number is among them too: nobody has it.
    """
    different = clean_codes(pd.Series(raw.unique(), dtype="str"))
    return with_lost_zero(different.str.replace(r"\.0+$", "", regex=True)).drop_duplicates().tolist()


def student_ids(found: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Return student ids, 0 where nobody matches."""
    return found["student_id"].fillna(0).to_numpy(dtype=np.int32)


def hold_other_names(fields: Fields, names: pd.Series, found: pd.DataFrame) -> None:
    """Hold rows whose name is not the roster's; simplified and traditional forms are never converted."""
    fields.mark((names != found["name"]).to_numpy(dtype=bool), "row-id-name", "name", names)


def hold_differences(fields: Fields, name: str, values: pd.Series, expected: pd.Series) -> None:
    """Hold rows that disagree with the roster in one column; kinds of brackets and spaces do not count."""
    pairs = list(zip(values, expected, strict=True))
    unlike = {pair for pair in set(pairs) if _comparable(pair[0]) != _comparable(pair[1])}
    other = np.array([pair in unlike for pair in pairs], dtype=bool)
    fields.mark(other, "row-roster-mismatch", name, values.astype("str"))


def hold_other_majors(fields: Fields, found: pd.DataFrame) -> None:
    """Hold rows with another programme or direction, written apart or as `name（direction）` (N2)."""
    written = {name: fields.words(name) for name in ("programme", "direction")}
    ours = _majors(written["programme"], written["direction"])
    theirs = _majors(found["programme"], found["direction"])
    for place, name in enumerate(("programme", "direction")):
        other = np.array(
            [one[place] != two[place] for one, two in zip(ours, theirs, strict=True)], dtype=bool
        )
        fields.mark(other, "row-roster-mismatch", name, written[name])


def _majors(names: pd.Series, directions: pd.Series) -> list[tuple[str, str]]:
    pairs = list(zip(names.fillna(""), directions.fillna(""), strict=True))
    known = {pair: split_major(*pair) for pair in set(pairs)}
    return [known[pair] for pair in pairs]


def _comparable(value: object) -> object:
    if value is None or value is pd.NaT or value != value:
        return ""
    return fold_brackets(value) if isinstance(value, str) else value
