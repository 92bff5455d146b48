"""Reference data: organisations, programmes with their minima, courses and score codes, as one versioned set.

A set is five files (plans.csv may be missing). Their bytes give the version that every decision names.

Exempted grades (免修免考) are rows of a score sheet whose 考试类别代码 is EXEMPTION_EXAM_CATEGORY. They count
like other grades, up to the programme's `max_exempt_credits`; comprehensive practice (module 06) can never be
exempted.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from rules.reference_files import read_rows, read_sections
from rules.reference_rows import LEVELS, CourseRow, OrganisationRow, PlanRow, ProgrammeRow, ScoreCodeRow
from rules.refusals import Refused

EXEMPTION_EXAM_CATEGORY = "90"  # 考试类别代码 of a grade that stands for an exemption
CENTRAL_UNIT = 1  # examining unit: 1 central (总部), 2 provincial (分部)
PRACTICE_MODULE = "06"  # 综合实践
REMEDIAL_MODULE = "99"  # 补修
HQ = "010"
REQUIRED_FILES = ("organisations.csv", "programmes.yaml", "courses.csv", "score-codes.csv")
REFERENCE_FILES = (*REQUIRED_FILES, "plans.csv")


@dataclass(frozen=True)
class Reference:
    """One version of the reference data; `version` is the SHA-256 of its files.

    organisations: code, name, parent ("" for HQ), level (hq, branch, college, local-college, study-centre),
        pilot (bool).
    programmes: programme_id (row order), code, direction ("" if none), name, level (本科, 专科), min_credits,
        min_central_credits, max_exempt_credits, school_years (float), min_terms, needs_unified_exam (bool).
    modules: programme_id, module (two digits), min_credits, min_central_credits.
    courses: course_id (int), name, module, unit (1 central, 2 provincial), credits, term.
    score_codes: code, score (0 … 100).
    plans: programme_id, course_id; the usual courses of a programme, empty if no plan is given.
    """

    version: str
    organisations: pd.DataFrame
    programmes: pd.DataFrame
    modules: pd.DataFrame
    courses: pd.DataFrame
    score_codes: pd.DataFrame
    plans: pd.DataFrame


def parse_reference(files: Mapping[str, bytes]) -> Reference:
    """Return the reference data in a set of files (name → bytes).

    Refused reference-… names file, row (from 1; of a programme its place in the list), column and value.
    """
    organisations = read_rows(OrganisationRow, "organisations.csv", files)
    programmes = read_sections(ProgrammeRow, "programmes.yaml", files)
    courses = read_rows(CourseRow, "courses.csv", files)
    score_codes = read_rows(ScoreCodeRow, "score-codes.csv", files)
    plans = read_rows(PlanRow, "plans.csv", files) if "plans.csv" in files else []
    _refuse_repeated("organisations.csv", "代码", [row.code for row in organisations])
    _refuse_repeated(
        "programmes.yaml", "code, direction", [row.code + row.direction for row in programmes], 1
    )
    _refuse_repeated("courses.csv", "课程ID", [row.course_id for row in courses])
    _refuse_repeated("score-codes.csv", "代码", [row.code for row in score_codes])
    return Reference(
        version=reference_version(files),
        organisations=_organisations(organisations),
        programmes=_programmes(programmes),
        modules=_modules(programmes, {row.module for row in courses}),
        courses=pd.DataFrame([row.model_dump() for row in courses]).astype({"course_id": int, "unit": int}),
        score_codes=pd.DataFrame([row.model_dump() for row in score_codes]),
        plans=_plans(plans, programmes, {row.course_id for row in courses}),
    )


def reference_version(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the names and bytes of a set's files."""
    digest = hashlib.sha256()
    for name in sorted(set(files) & set(REFERENCE_FILES)):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def parent_of(code: str, codes: Iterable[str]) -> str | None:
    """Return the longest existing prefix of an organisation's code; a reporting unit's parent is HQ.

    >>> parent_of("1300101", ["010", "130", "13001"])
    '13001'
    """
    if code == HQ:
        return ""
    known = set(codes)
    prefixes = (code[:length] for length in range(len(code) - 1, 2, -1))
    return next(
        (prefix for prefix in prefixes if prefix in known), HQ if len(code) == 3 and HQ in known else None
    )


def _organisations(rows: list[OrganisationRow]) -> pd.DataFrame:
    codes = {row.code for row in rows}
    parents = [parent_of(row.code, codes) for row in rows]
    for number, (row, parent) in enumerate(zip(rows, parents, strict=True), start=2):
        if parent is None:
            where = {"file": "organisations.csv", "row": number, "column": "代码", "value": row.code}
            raise Refused("reference-unknown-parent", **where)
    columns = ["code", "name", "level", "pilot"]
    listed = [(row.code, row.name, LEVELS[row.level], row.pilot == "是") for row in rows]
    frame = pd.DataFrame(listed, columns=columns)
    frame.insert(2, "parent", pd.Series(parents, dtype="str"))
    return frame


def _programmes(rows: list[ProgrammeRow]) -> pd.DataFrame:
    frame = pd.DataFrame([row.model_dump(exclude={"modules", "provenance"}) for row in rows])
    frame.insert(0, "programme_id", range(len(frame)))
    return frame


def _modules(rows: list[ProgrammeRow], known: set[str]) -> pd.DataFrame:
    listed = []
    for programme_id, row in enumerate(rows):
        for module, minima in row.modules.items():
            if module not in known:
                where = {
                    "file": "programmes.yaml",
                    "row": programme_id + 1,
                    "column": "modules",
                    "value": module,
                }
                raise Refused("reference-unknown-module", **where)
            listed.append((programme_id, module, minima.total, minima.central))
    return pd.DataFrame(listed, columns=["programme_id", "module", "min_credits", "min_central_credits"])


def _plans(rows: list[PlanRow], programmes: list[ProgrammeRow], courses: set[str]) -> pd.DataFrame:
    places = {(row.code, row.direction): place for place, row in enumerate(programmes)}
    for number, row in enumerate(rows, start=2):
        if (row.code, row.direction) not in places:
            _refuse_plan("reference-unknown-programme", number, "专业代码", row.code + row.direction)
        if row.course_id not in courses:
            _refuse_plan("reference-unknown-course", number, "课程ID", row.course_id)
    _refuse_repeated("plans.csv", "课程ID", [f"{row.code}{row.direction} {row.course_id}" for row in rows])
    listed = [(places[row.code, row.direction], int(row.course_id)) for row in rows]
    return pd.DataFrame(listed, columns=["programme_id", "course_id"], dtype="int64")


def _refuse_plan(code: str, row: int, column: str, value: str) -> None:
    raise Refused(code, file="plans.csv", row=row, column=column, value=value)


def _refuse_repeated(file: str, column: str, keys: Sequence[str], first_row: int = 2) -> None:
    seen: dict[str, int] = {}
    for row, key in enumerate(keys, start=first_row):
        if key in seen:
            raise Refused(
                "reference-duplicate", file=file, row=row, column=column, value=key, first=seen[key]
            )
        seen[key] = row
