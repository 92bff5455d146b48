"""The same seed gives the same certificates, also when worker and run are killed in the middle (DESIGN 1)."""

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.biye.conftest import BIYE, OPTIONS, DemoRun, clean_environment

pytestmark = pytest.mark.slow
Certificates = list[tuple[str, str, int, str]]


def certificates(home: Path) -> Certificates:
    """Number, student, place in order of arrival and print file of every certificate."""
    wanted = """SELECT number, student_no, position, print_file FROM certificate
        JOIN graduation_case ON graduation_case.id = case_id JOIN student ON student.id = student_id
        ORDER BY number"""
    with sqlite3.connect(home / "biye.db") as db:
        return db.execute(wanted).fetchall()


def started(place: Path) -> "subprocess.Popen[str]":
    command = [BIYE, "demo", *OPTIONS]
    return subprocess.Popen(
        command,
        cwd=place,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_to(demo: "subprocess.Popen[str]", words: str) -> str:
    assert demo.stdout
    said = ""
    for line in demo.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def worker_of(home: Path) -> int:
    """The worker's process: the one that this demo's installation names."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command, known = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"\0worker\0start\0" in command and f"BIYE_HOME={home}\0".encode() in known:
            return int(entry.name)
    raise AssertionError("no worker")


def owner_of_a_lease(home: Path, flow: str) -> int:
    """The process that is running a phase."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with sqlite3.connect(home / "biye.db") as db:
            row = db.execute("SELECT owner FROM lease WHERE flow = ? AND owner <> ''", (flow,)).fetchone()
        if row:
            return int(row[0].split("/")[1])
        time.sleep(0.02)
    raise AssertionError(f"{flow} did not run")


def test_the_same_seed_gives_the_same_certificates(demo_run: DemoRun, tmp_path: Path) -> None:
    again = started(tmp_path)
    said, _ = again.communicate(timeout=900)
    assert again.returncode == 0, said
    assert certificates(tmp_path / "demo-out" / "home") == certificates(demo_run.home)
    assert len(certificates(demo_run.home)) > 10


def test_worker_and_run_killed_in_the_middle_change_nothing(demo_run: DemoRun, tmp_path: Path) -> None:
    demo, home = started(tmp_path), tmp_path / "demo-out" / "home"
    said = read_to(demo, "2020-01-02 23:59 intake")  # the next run certifies
    run = owner_of_a_lease(home, "certify")
    os.kill(worker_of(home), signal.SIGKILL)
    os.kill(run, signal.SIGKILL)
    rest, _ = demo.communicate(timeout=900)
    assert demo.returncode == 0, said + rest
    assert "certify/2020-01-b1 Crashed" in rest
    assert certificates(home) == certificates(demo_run.home)
