"""One small season replayed by `biye demo`, once a session, for every test that looks at what it left."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class DemoRun:
    """What a demo left: its folder demo-out, what it said, and the result that it wrote as JSON."""

    folder: Path
    said: str
    result: Path

    @property
    def home(self) -> Path:
        """The demo's own installation."""
        return self.folder / "home"


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """`biye demo --students 20 --seed 3`, some minutes on a small machine."""
    place = tmp_path_factory.mktemp("demo")
    biye = Path(sys.executable).parent / "biye"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BIYE_"))}
    done = subprocess.run(
        [biye, "demo", "--students", "20", "--seed", "3", "--json", "result.json"],
        cwd=place,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return DemoRun(place / "demo-out", done.stdout, place / "result.json")
