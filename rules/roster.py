"""The roster from the academic system: which students' rows are accepted (学籍信息)."""

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.columns import ROSTER
from rules.dates import read_term
from rules.fields import Fields
from rules.identity import RESIDENT, birth_date_of, is_resident, refuse_id, sex_of
from rules.repeats import mark_repeats
from rules.roster_match import student_numbers
from rules.submission import Judged
from rules.verdicts import Mask, Verdicts

SEXES = {"男": "男", "女": "女", "男性": "男", "女性": "女"}
LEVELS = {
    "本科": "本科",
    "专科": "专科",
    "专升本": "本科",
    "本科(专科起点)": "本科",
    "本科（专科起点）": "本科",
}
HEADINGS = {column.name: column.heading for column in ROSTER}
_STUDENT_NO = re.compile(r"[0-9]{13}")
_CENTRE = re.compile(r"[0-9]{3}|[0-9]{5}|[0-9]{7}")


@dataclass(frozen=True)
class RosterJudgeContext:
    """What a roster is judged against.

    branch: the sender, "010" for all. centres, programme_codes: known codes; an empty set is not checked.
    """

    branch: str
    centres: frozenset[str] = field(default_factory=frozenset)
    programme_codes: frozenset[str] = field(default_factory=frozenset)


def judge_roster(table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: RosterJudgeContext) -> Judged:
    """Judge a roster; accepted rows have its columns by our names, birth_date as datetime.date,
    IDs normalised.
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    roster = pd.DataFrame({"row": row})
    roster["student_no"] = _student_numbers(fields, ctx)
    _read_person(roster, fields)
    _read_enrolment(roster, fields)
    _check_places(roster, fields, ctx)
    mark_repeats(roster, "student_no", fields, verdicts)
    return Judged(roster[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def _read_person(roster: pd.DataFrame, fields: Fields) -> None:
    """Read who the student is, and check the document against birth date and sex."""
    roster["name"] = fields.name()
    roster["sex"] = fields.one_of("sex", fields.words("sex"), SEXES)
    roster["birth_date"] = fields.days("birth_date")
    roster["ethnicity"] = fields.words("ethnicity")
    types = fields.words("id_type")
    roster["id_type"] = types.mask(types.map(is_resident), RESIDENT)
    roster["id_number"] = fields.ids()
    _check_ids(roster, fields)


def _read_enrolment(roster: pd.DataFrame, fields: Fields) -> None:
    """Read what the student is enrolled in, and how."""
    for name in ("exam_no", "programme_code", "centre"):
        roster[name] = fields.code(name)
    roster["level"] = fields.one_of("level", fields.words("level"), LEVELS)
    roster["direction"] = fields.words("direction")
    roster["entry_term"] = _terms(fields)
    roster["status"] = fields.words("status")
    fields.need("status", roster["status"])
    roster["discipline"] = fields.words("discipline").map(lambda text: "" if text in ("无", "否") else text)


def _student_numbers(fields: Fields, ctx: RosterJudgeContext) -> pd.Series:
    numbers = student_numbers(fields)
    fields.mark(~_fits(numbers, _STUDENT_NO), "row-bad-student-no", "student_no", numbers)
    if ctx.branch != "010":
        fields.mark(
            (numbers.str[2:5] != ctx.branch).to_numpy(dtype=bool), "row-other-branch", "student_no", numbers
        )
    return numbers


def _fits(values: pd.Series, pattern: re.Pattern[str]) -> Mask:
    return np.array([pattern.fullmatch(text) is not None for text in values], dtype=bool)


def _check_ids(roster: pd.DataFrame, fields: Fields) -> None:
    """Refuse or hold by document number, then by its birth date and sex."""
    numbers, types = roster["id_number"], roster["id_type"]
    codes = np.array([refuse_id(n, t) for n, t in zip(numbers, types, strict=True)], dtype=object)
    fields.mark_ids(codes, numbers)
    doubts = np.array(
        [
            _disagrees(number, born, sex) if code is None and is_resident(kind) else None
            for number, born, sex, kind, code in zip(
                numbers, roster["birth_date"], roster["sex"], types, codes, strict=True
            )
        ],
        dtype=object,
    )
    fields.mark_ids(doubts, numbers)


def _disagrees(number: str, born: object, sex: str) -> str | None:
    if birth_date_of(number) != born:
        return "row-id-birth"
    return None if sex_of(number) == sex else "row-id-sex"


def _terms(fields: Fields) -> pd.Series:
    texts = fields.code("entry_term")
    terms = texts.map({text: read_term(text) or "" for text in texts.unique()}).astype("str")
    fields.mark((terms == "").to_numpy(dtype=bool), "row-bad-term", "entry_term", texts)
    return terms


def _with_zeros(codes: pd.Series, known: frozenset[str]) -> pd.Series:
    """Put lost leading zeros back where one known code alone fits."""
    short: dict[str, list[str]] = {}
    for code in known:
        short.setdefault(code.lstrip("0"), []).append(code)
    whole = {text: found[0] for text, found in short.items() if len(found) == 1 and text not in known}
    return codes.map(lambda code: whole.get(code, code)).astype("str")


def _check_places(roster: pd.DataFrame, fields: Fields, ctx: RosterJudgeContext) -> None:
    """Refuse rows whose programme or study centre does not exist."""
    for name in ("programme_code", "centre"):
        fields.need(name, roster[name])
    if ctx.programme_codes:
        roster["programme_code"] = _with_zeros(roster["programme_code"], ctx.programme_codes)
        unknown = ~roster["programme_code"].isin(ctx.programme_codes)
        fields.mark(
            unknown.to_numpy(dtype=bool), "row-unknown-programme", "programme_code", roster["programme_code"]
        )
    unknown = (
        ~roster["centre"].isin(ctx.centres)
        if ctx.centres
        else ~roster["centre"].str.fullmatch(_CENTRE.pattern)
    )
    fields.mark(unknown.to_numpy(dtype=bool), "row-unknown-centre", "centre", roster["centre"])
