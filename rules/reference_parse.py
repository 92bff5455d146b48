"""From a set's files to the reference data: every row judged, every wrong one named."""

from collections.abc import Mapping, Sequence

import pandas as pd

from rules.reference import Reference, parent_of, reference_version
from rules.reference_files import read_rows, read_sections
from rules.reference_rows import LEVELS, CourseRow, OrganisationRow, PlanRow, ProgrammeRow, ScoreCodeRow
from rules.refusals import Refused


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
