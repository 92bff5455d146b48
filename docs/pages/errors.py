"""Every refusal and what to do about it, from the tables of reasons."""

import importlib
from pathlib import Path

from docs.pages.text import LAYERS, ROOT, head, table
from rules.refusals import REASONS, Reason

_REGISTERS = ("register(", "row_reason(")


def page() -> str:
    """Return docs/errors.md."""
    rows = [_row(reason) for reason in sorted(reasons(), key=lambda one: (one.clause, one.code))]
    said = "Each refusal has a code for programs, a sentence for people in both languages, and a remedy."
    headings = ("代码 code", "条款", "中文", "English", "怎么办", "What to do")
    return head("不予接收的原因 · Why something is refused", said) + "\n" + table(headings, rows)


def reasons() -> list[Reason]:
    """Return every reason that the sources register."""
    for module in registering_modules():
        importlib.import_module(module)
    return list(REASONS.values())


def registering_modules() -> list[str]:
    """Return the modules that add to the table of reasons."""
    files = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
    return [_module(path) for path in files if any(word in path.read_text("utf-8") for word in _REGISTERS)]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _row(reason: Reason) -> tuple[str, ...]:
    code = f"`{reason.code}`"
    return code, reason.clause, reason.zh, reason.en, reason.remedy_zh, reason.remedy_en
