"""Packs for tests: the January 2020 season as shipped, and the same with some keys set otherwise."""

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.pack_yaml import read_yaml
from rules.season import Pack, parse_pack

SHIPPED = Path(__file__).parents[2] / "seasons" / "2020-01.yaml"
GONE = object()


@cache
def january_2020() -> Pack:
    """The shipped pack."""
    return parse_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)


def content() -> dict[str, Any]:
    """The shipped pack's content, free to change."""
    return copy.deepcopy(read_yaml(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name))


def text_with(**changes: object) -> str:
    """The shipped pack's text with some keys set: `batches__1__status="open"`; GONE removes a key."""
    changed = content()
    for path, value in changes.items():
        *steps, last = path.split("__")
        at: Any = changed
        for step in steps:
            at = at[int(step) if step.isdigit() else step]
        key = int(last) if last.isdigit() else last
        if value is GONE:
            del at[key]
        else:
            at[key] = value
    return yaml.safe_dump(changed, allow_unicode=True)


def pack_with(**changes: object) -> Pack:
    """The shipped pack with some keys set, parsed."""
    return parse_pack(text_with(**changes), "changed.yaml")


def a_year_later() -> str:
    """The shipped pack's text with every day, month and season a year later."""
    text = SHIPPED.read_text(encoding="utf-8")
    return re.sub(r"(?<![0-9])20(19|20|21)-", lambda year: f"20{int(year[1]) + 1}-", text)
