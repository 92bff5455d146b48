"""What is wrong with a policy pack, in words: file, key, value and what is allowed."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from rules.refusals import Reason, Refused, register

register(
    Reason(
        "pack-invalid",
        "G1",
        "{file}：有 {count} 处不符合政策包的格式\n{listing}",
        "{file} has {count} problem(s) as a policy pack (key, value, what is allowed: above)",
        "请逐条改正后再次运行 biye season check。",
        "Mend each of them and run biye season check again.",
    )
)


@dataclass(frozen=True)
class Problem:
    """One wrong place in a pack: the path of its key, the value found, and what is allowed there."""

    key: str
    value: str
    allowed: str

    def __str__(self) -> str:
        """One line for people."""
        return f"  {self.key} · 值 value: {self.value} · 允许 allowed: {self.allowed}"


def refuse(problems: Iterable[Problem], file: str) -> Refused:
    """Return the refusal that lists these problems; where["problems"] keeps them for programs."""
    listed = list(problems)
    listing = "\n".join(map(str, listed))
    return Refused("pack-invalid", file=file, count=len(listed), listing=listing, problems=listed)


def refuse_pack(error: ValidationError, file: str, model: type[BaseModel] | None = None) -> Refused:
    """Return the refusal for pydantic's errors, in our words."""
    return refuse([_problem(one, model) for one in error.errors(include_url=False)], file)


def _problem(error: Mapping[str, Any], model: type[BaseModel] | None) -> Problem:
    path = [
        str(part)
        for part in error["loc"]
        if not str(part).startswith(("literal[", "tuple[", "function-", "constrained"))
    ]
    missing = error["type"] == "missing"
    return Problem(
        ".".join(path) or "(whole file)",
        "(missing)" if missing else shown(error["input"]),
        _allowed(error, model),
    )


def shown(value: object) -> str:
    """Return a value as an error shows it: one line of at most 80 characters."""
    text = " ".join(str(value).split()) if not isinstance(value, BaseModel) else "(this part)"
    if isinstance(value, Mapping):
        text = "{" + ", ".join(map(str, value)) + "}"
    return text if len(text) <= 80 else text[:79] + "…"


def _allowed(error: Mapping[str, Any], model: type[BaseModel] | None) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _allowed_keys(error["loc"], model)
    if kind == "value_error":
        return str(context["error"])
    return _SAYINGS.get(kind, "{message}").format_map({**context, "message": error["msg"]})


_SAYINGS = {
    "missing": "this key is required",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_type": "a text (put it in quotes if it looks like a number)",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "tuple_type": "a list",
    "too_short": "a list of at least {min_length}",
    "mapping_type": "keys with values",
    "dict_type": "keys with values",
    "model_type": "keys with values",
}


def _allowed_keys(path: tuple[str | int, ...], model: type[BaseModel] | None) -> str:
    """Name the keys of the part that got an unknown one, the likely one first."""
    part = _part_at(path[:-1], model)
    if part is None:
        return "no such key here"
    keys = list(part.model_fields)
    near = difflib.get_close_matches(str(path[-1]), keys, n=1)
    return (
        (f"no such key; did you mean {near[0]}? " if near else "no such key; ") + "keys: " + ", ".join(keys)
    )


def _part_at(path: Iterable[str | int], model: type[BaseModel] | None) -> type[BaseModel] | None:
    """Walk down the schema along a path of keys and list positions."""
    part: type[BaseModel] | None = model
    for step in path:
        if part is not None and step in part.model_fields:
            part = _model_in(part.model_fields[str(step)].annotation)
    return part


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the model inside an annotation such as tuple[Batch, ...] or Span | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
