"""A season with much that goes wrong, taken in and decided once: what other programs are compared with."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.data import season_folder
from bench.measure import run_part

STUDENTS = 2000
UNITS = ["110", "210", "230", "320", "360", "370", "430", "440", "530", "620"]  # each with a part of its own


@dataclass(frozen=True)
class Decided:
    """folder: of the season's files; home: the installation in which both batches were decided."""

    folder: Path
    home: Path


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    work = tmp_path_factory.mktemp("decided")
    folder = season_folder(STUDENTS, UNITS, work)
    for part in ("people", "season"):
        run_part(part, folder, work / "home")
    return Decided(folder, work / "home")
