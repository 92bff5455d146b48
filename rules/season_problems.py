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


WHOLE = "(whole file)"  # the key of a problem that lies in no single key


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
        ".".join(path) or WHOLE,
        "（缺）missing" if missing else shown(error["input"]),
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
    "missing": "必须填写 required",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_type": "文字（像数字的请加引号）a text, in quotes if it looks like a number",
    "string_pattern_mismatch": "符合此式的文字 a text of the form {pattern}",
    "string_too_short": "非空文字 a text that is not empty",
    "int_type": "整数（不加引号）a whole number without quotes",
    "bool_type": "true 或 or false",
    "greater_than_equal": "不小于 at least {ge}",
    "less_than_equal": "不大于 at most {le}",
    "tuple_type": "列表 a list",
    "too_short": "至少 {min_length} 项 at least {min_length} entries",
    "mapping_type": "键与值 keys with values",
    "dict_type": "键与值 keys with values",
    "model_type": "键与值 keys with values",
}


def _allowed_keys(path: tuple[str | int, ...], model: type[BaseModel] | None) -> str:
    """Name the keys of the part that got an unknown one, the likely one first."""
    part = _part_at(path[:-1], model)
    if part is None:
        return "没有此键 no such key here"
    keys = list(part.model_fields)
    near = difflib.get_close_matches(str(path[-1]), keys, n=1)
    hint = f"，是否 did you mean {near[0]}" if near else ""
    return f"没有此键 no such key{hint}；可用 keys: {', '.join(keys)}"


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
