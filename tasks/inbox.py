"""The inbox: `inbox/BRANCH/KIND…` files that units put down; one still being written is left alone."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from models.settings import settings
from rules.refusals import Refused
from rules.submission import KINDS
from tasks.receiving import receive


def collect(season: str, as_of: datetime) -> dict[str, str]:
    """Receive every quiet file of the inbox; returns file → receipt number, or the code of its refusal.

    The kind is the longest kind that the file's name begins with (`practice-1.csv`). A received file moves
    to `inbox/BRANCH/done/`, one that is refused as a repeat or of no kind to `inbox/BRANCH/refused/`.
    """
    return {f"{branch}/{path.name}": _take(season, branch, path, as_of) for branch, path in _quiet_files()}


def _take(season: str, branch: str, path: Path, as_of: datetime) -> str:
    try:
        receipt = receive(season, kind_of(path.name), branch, path.name, path.read_bytes(), as_of)
    except Refused as refusal:
        _put_away(path, "refused")
        path.parent.joinpath("refused", f"{path.name}.txt").write_text(str(refusal), encoding="utf-8")
        return refusal.code
    _put_away(path, "done")
    return str(receipt)


def kind_of(filename: str) -> str:
    """Return the kind that a file's name begins with, or the name's first word if it is no kind.

    >>> kind_of("audit-data-2.xlsx")
    'audit-data'
    """
    named = [str(kind) for kind in KINDS if filename.startswith(str(kind))]
    return max(named, key=len, default=filename.partition(".")[0])


def _quiet_files() -> Iterator[tuple[str, Path]]:
    """Yield (branch, file) of what nobody has written to for a while, oldest first."""
    latest = time.time() - settings().inbox_quiet_seconds
    found = [
        path for path in settings().folder("inbox").glob("*/*") if path.is_file() and path.name[0] != "."
    ]
    for path in sorted(found, key=lambda one: (one.stat().st_mtime, one.name)):
        if path.stat().st_mtime <= latest:
            yield path.parent.name, path


def _put_away(path: Path, folder: str) -> None:
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    path.rename(target / path.name)
