"""`biye up`: everything on one machine; it survives stop and start and ends cleanly on Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from biye.supervisor import free_port
from deployments.catalogue import MODULES

pytestmark = pytest.mark.prefect
BIYE = Path(sys.executable).parent / "biye"


def started(home: Path) -> tuple[subprocess.Popen[str], str]:
    """A `biye up` that is ready, and its API's address."""
    command = [str(BIYE), "up", "--port", str(free_port())]
    here = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    up = subprocess.Popen(
        command,
        env={**here, "BIYE_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert up.stdout is not None
    said = ""
    for line in up.stdout:
        said += line
        if "就绪" in line:
            break
    found = re.search(r"http://127\.0\.0\.1:\d+/api", said)
    assert found, said
    return up, found[0]


def ended(up: subprocess.Popen[str]) -> str:
    """Press Ctrl-C and return what it still says."""
    up.send_signal(signal.SIGINT)
    rest, _ = up.communicate(timeout=45)
    assert up.returncode == 0
    return rest


def left_behind(home: Path) -> list[str]:
    """Processes that belong to an installation."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"BIYE_HOME={home}".encode() in entry.read_bytes().split(b"\0"):
                found.append((entry.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_it_starts_is_alone_in_its_folder_stops_cleanly_and_starts_again(tmp_path: Path) -> None:
    home = tmp_path / "biye"
    up, url = started(home)
    deployments = httpx.post(f"{url}/deployments/filter", json={}).json()
    assert sorted(one["name"] for one in deployments) == [*["adhoc"] * len(MODULES), "daily", "share"]
    second = subprocess.run(
        [str(BIYE), "up"],
        env={**os.environ, "BIYE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "up-running" in second.stderr
    assert "已停止" in ended(up)
    assert left_behind(home) == []
    again, url = started(home)
    ids = {one["id"] for one in httpx.post(f"{url}/deployments/filter", json={}).json()}
    assert ids == {one["id"] for one in deployments}
    ended(again)
    assert left_behind(home) == []
