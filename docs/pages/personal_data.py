"""Which personal data each table holds, from the models' docstrings."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from sqlmodel import SQLModel

from docs.pages.text import head, table
from models.schema import MODULES

_SAID = re.compile(r"Personal data: (?P<held>.+?)\.?$|(?P<none>No personal data)", re.DOTALL)


def page() -> str:
    """Return docs/personal-data.md."""
    rows = [(f"`{model.__tablename__}`", _purpose(model), said(model)) for model in tables()]
    note = "Personal data lie in these tables and in the archive of received files; none enters Prefect."
    headings = ("表 table", "what it is", "个人信息 personal data")
    return head("个人信息 · Personal data by table", note) + "\n" + table(headings, rows)


def tables() -> Iterator[type[SQLModel]]:
    """Give every table's model, by module."""
    for module in MODULES:
        models: list[Any] = [
            one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__
        ]
        yield from (model for model in models if hasattr(model, "__table__"))


def said(model: type[SQLModel]) -> str:
    """Return what a model says about the personal data in its table; ValueError if it says nothing."""
    found = _SAID.search(" ".join((inspect.getdoc(model) or "").split()))
    if found is None:
        raise ValueError(f"{model.__name__} does not say which personal data it holds")
    return found["held"] or "none"


def _purpose(model: type[SQLModel]) -> str:
    text = " ".join((inspect.getdoc(model) or "").split())
    return text.split("Personal data:")[0].split("No personal data")[0].strip()
