"""Who may send what, and how the name of a file or folder tells its kind."""

import re
from collections.abc import Collection, Sequence

import pandas as pd

import rules.refusals_cover
import rules.refusals_sending  # noqa: F401  these register its codes
from rules.reference import HQ
from rules.refusals import Refused
from rules.submission import KINDS, Kind

_SEASON = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
OF_UNITS_ALONE = frozenset({Kind.COVER_ESTIMATE})
FROM_HQ_ALONE = frozenset({Kind.REGISTRY_RECEIPT, Kind.EXTENSION_HISTORY, Kind.WITHDRAWAL_RECEIPT})


def reporting_units(organisations: pd.DataFrame) -> frozenset[str]:
    """Return the codes that may send: branches, colleges and HQ. organisations: as in Reference."""
    return frozenset(organisations["code"][organisations["level"].isin(("hq", "branch", "college"))])


def check_sender(kind: str, unit: str, units: Collection[str]) -> None:
    """Raise Refused sender-unknown, sender-hq-only or sender-not-hq where a unit may not send a kind."""
    if unit not in units:
        raise Refused("sender-unknown", unit=unit)
    if kind in FROM_HQ_ALONE and unit != HQ:
        raise Refused("sender-hq-only", unit=unit, kind=kind, kind_zh=KINDS[kind].zh)
    if kind in OF_UNITS_ALONE and unit == HQ:
        raise Refused("sender-not-hq", kind=kind, kind_zh=KINDS[kind].zh)


def check_size(size: int, kind: str, filename: str, cap: int) -> None:
    """Raise Refused file-over-cap, before anything is read. size, cap: bytes."""
    if size > cap:
        kind_zh = KINDS[kind].zh
        raise Refused("file-over-cap", file=filename, size=size, cap=cap, kind=kind, kind_zh=kind_zh)


def kind_named(text: str) -> str:
    """Return the kind that a text is the name of, in Chinese or English; the text itself if it is none.

    >>> kind_named("综合实践环节成绩")
    'practice'
    """
    return next((str(kind) for kind, spec in KINDS.items() if text in (kind, spec.zh)), text)


def kind_of_filename(filename: str) -> str | None:
    """Return the kind with whose name, Chinese or English, a file's name begins: the longest one.

    >>> kind_of_filename("audit-data-2.xlsx")
    'audit-data'
    >>> kind_of_filename("期末考试成绩（更正）.csv")
    'final-exam'
    """
    names = {name: str(kind) for kind, spec in KINDS.items() for name in (str(kind), spec.zh)}
    found = max((name for name in names if filename.lower().startswith(name)), key=len, default=None)
    return names[found] if found else None


def names_season(folder: str) -> bool:
    """Say whether a folder is named by a season, known or not: 2020-01."""
    return _SEASON.fullmatch(folder) is not None


def season_of(named: str, known: Collection[str], opened: Sequence[str]) -> str | None:
    """Return the season of a file: the one its folder names, else the only one open; None: unknown.

    >>> season_of("", ["2020-01", "2020-07"], ["2020-07"])
    '2020-07'
    """
    if named:
        return named if named in known else None
    return opened[0] if len(opened) == 1 else None
