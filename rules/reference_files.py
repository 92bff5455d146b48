"""From the bytes of a reference file to its judged rows; what is wrong is named by file, row and column."""

import csv
import io
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import rules.refusals_reference  # noqa: F401  (registers its codes)
from rules.pack_yaml import read_yaml
from rules.refusals import Refused

Row = TypeVar("Row", bound=BaseModel)


def read_rows(model: type[Row], file: str, files: Mapping[str, bytes]) -> list[Row]:
    """Return the judged rows of a CSV file; columns go by heading, in any order."""
    lines = csv.reader(io.StringIO(_text(file, files), newline=""), strict=True)
    try:
        headings = next(lines, [])
        _check_headings(model, file, headings)
        return [
            _judge_line(model, file, number, headings, line)
            for number, line in enumerate(lines, start=2)
            if line
        ]
    except csv.Error as error:
        raise Refused(
            "reference-value", file=file, row=lines.line_num, column="*", value="", problem=error
        ) from None


def read_sections(model: type[Row], file: str, files: Mapping[str, bytes]) -> list[Row]:
    """Return the judged items of a YAML list; the row that a refusal names is the item's place, from 1."""
    items = read_yaml(_text(file, files), file)
    if not isinstance(items, list) or not items:
        raise Refused(
            "reference-value",
            file=file,
            row=1,
            column="*",
            value=type(items).__name__,
            problem="a list expected",
        )
    return [_judge(model, file, number, item) for number, item in enumerate(items, start=1)]


def _text(file: str, files: Mapping[str, bytes]) -> str:
    if file not in files:
        raise Refused("reference-missing", folder="", file=file)
    try:
        return files[file].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("reference-text", file=file, offset=error.start) from None


def _check_headings(model: type[Row], file: str, headings: list[str]) -> None:
    expected = {field.alias or name: field.is_required() for name, field in model.model_fields.items()}
    missing = [name for name, required in expected.items() if required and name not in headings]
    repeated_or_unknown = len(set(headings)) < len(headings) or set(headings) - set(expected)
    if missing or repeated_or_unknown:
        raise Refused(
            "reference-headings", file=file, row=1, column=", ".join(expected), value=", ".join(headings)
        )


def _judge_line(model: type[Row], file: str, number: int, headings: list[str], line: list[str]) -> Row:
    if len(line) != len(headings):
        problem = f"{len(headings)} cells expected, {len(line)} found"
        raise Refused("reference-value", file=file, row=number, column="*", value=line[0], problem=problem)
    return _judge(model, file, number, dict(zip(headings, line, strict=True)))


def _judge(model: type[Row], file: str, number: int, values: object) -> Row:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = ".".join(str(part) for part in first["loc"]) or "*"
        problem = first["msg"]
        where = {"file": file, "row": number, "column": column, "value": first["input"], "problem": problem}
        raise Refused("reference-value", **where) from None
