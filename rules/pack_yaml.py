"""Policy files as people write them: YAML in which nothing is guessed and nothing is lost.

Plain YAML 1.1 turns `17:00` into 1020, `no` into false and silently drops the first of two equal keys; here
times and days stay text for the schema to judge, only true and false are booleans, and a repeated key is
refused.
"""

import re
from typing import Any

import yaml

from rules.refusals import Reason, Refused, register

register(
    Reason(
        "pack-unreadable",
        "G1",
        "{file} 第 {line} 行不是可读的 YAML：{problem}",
        "{file}, line {line}, is not readable YAML: {problem}",
        "请改正该行后重试。",
        "Mend that line and try again.",
    )
)


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2 and without repeated keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML's own shape)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; a key written twice is an error, not a silent replacement."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key twice: {key.value}", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789"),
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def read_yaml(text: str, file: str) -> Any:
    """Return the content of a YAML text; Refused pack-unreadable names the line."""
    try:
        return yaml.load(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else "?"
        raise Refused("pack-unreadable", file=file, line=line, problem=error.problem or error) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # e.g. nesting or a number without end
        raise Refused("pack-unreadable", file=file, line="?", problem=" ".join(str(error).split())) from None


def decode_text(content: bytes, file: str) -> str:
    """Return the text of a policy file, which is UTF-8 with or without a mark; Refused pack-unreadable."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"不是 UTF-8 编码 / not UTF-8 (byte {error.start})"
        raise Refused("pack-unreadable", file=file, line=line, problem=problem) from None
