"""A run starts as a fork of the preloaded process, and to the worker it is the command that it started."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from biye.preloaded import LENGTH
from biye.start_run import SOCKET

# The server as it is, but with the code of a variable in the engine's place.
SERVER = """
import os, sys
from pathlib import Path
from biye import preloaded
def run():
    said = {}
    exec(os.environ["CODE"], said)
    return said.get("status", 0)
preloaded.run_engine = run
preloaded.Preloaded(Path(sys.argv[1])).serve()
"""


# Dies at once where a run begins.
DIES = "import os; fork = os.fork; os.fork = lambda: run if (run := fork()) == 0 else os._exit(9)\n"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    with tempfile.TemporaryDirectory(prefix="biye-") as folder:
        door = Path(folder) / "door"
        first = getattr(request, "param", "")
        process = subprocess.Popen([sys.executable, "-c", first + SERVER, str(door)])
        wait_for(door.exists)
        yield door, process
        process.kill()
        process.wait()


def wait_for(what: Callable[[], object], within: float = 20) -> None:
    until = time.monotonic() + within
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def start(door: object, code: str, folder: Path | None = None, **more: str) -> "subprocess.Popen[str]":
    known = os.environ | {SOCKET: str(door), "CODE": code, **more}
    command = [sys.executable, "-m", "biye.start_run"]
    return subprocess.Popen(command, env=known, cwd=folder, stdout=subprocess.PIPE, text=True)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def said_process(run: "subprocess.Popen[str]") -> int:
    assert run.stdout
    with run.stdout as said:
        return int(said.readline())


LONG = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_a_run_has_the_environment_folder_streams_and_status_of_its_starter(
    server: tuple[Path, "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    code = "import os; print(os.environ['SEASON'], os.getcwd(), os.getppid()); status = 7"
    run = start(server[0], code, tmp_path, SEASON="2020-01")
    said = run.communicate(timeout=20)[0]
    assert said.split() == ["2020-01", str(tmp_path), str(server[1].pid)]
    assert run.returncode == 7


def test_runs_go_on_side_by_side(server: tuple[Path, "subprocess.Popen[bytes]"]) -> None:
    long = start(server[0], LONG)
    first = said_process(long)
    short = start(server[0], "status = 0")
    short.communicate(timeout=20)
    assert short.returncode == 0
    assert is_alive(first)
    long.terminate()
    assert long.wait(20) == -signal.SIGTERM
    wait_for(lambda: not is_alive(first))


def test_a_run_that_is_killed_looks_killed_to_the_worker(
    server: tuple[Path, "subprocess.Popen[bytes]"],
) -> None:
    run = start(server[0], LONG)
    os.kill(said_process(run), signal.SIGKILL)
    assert run.wait(20) == -signal.SIGKILL


def test_a_starter_that_is_killed_takes_its_run_along(
    server: tuple[Path, "subprocess.Popen[bytes]"],
) -> None:
    run = start(server[0], LONG)
    process = said_process(run)
    run.kill()
    run.wait()
    wait_for(lambda: not is_alive(process))


def test_a_starter_that_leaves_before_its_answer_does_not_take_the_server_along(
    server: tuple[Path, "subprocess.Popen[bytes]"],
) -> None:
    body = json.dumps({"environment": {"CODE": "status = 0"}, "folder": "/"}).encode()
    for _ in range(5):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(server[0]))
            socket.send_fds(door, [LENGTH.pack(len(body)) + body], [0, 1, 2])
    run = start(server[0], "status = 3")
    run.communicate(timeout=20)
    assert run.returncode == 3
    assert server[1].poll() is None


def test_a_run_outlives_the_preloaded_process_and_its_starter_waits_for_it(
    server: tuple[Path, "subprocess.Popen[bytes]"],
) -> None:
    run = start(server[0], "import os, time; print(os.getpid(), flush=True); time.sleep(2)")
    process = said_process(run)
    server[1].kill()
    server[1].wait()
    assert is_alive(process)
    assert run.wait(20) == 0
    assert not is_alive(process)


@pytest.mark.parametrize("server", [DIES], indirect=True)
def test_a_run_whose_preloaded_process_died_as_it_began_is_not_started_again(
    server: tuple[Path, "subprocess.Popen[bytes]"],
) -> None:
    run = start(server[0], "import time; time.sleep(1); print('ran', flush=True)")
    assert run.communicate(timeout=20)[0] == "ran\n"
    assert run.returncode == 0


def test_without_a_preloaded_process_the_engine_starts_as_usual(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "biye.start_run"],
        env=os.environ | {SOCKET: str(tmp_path / "nobody"), "PREFECT__FLOW_RUN_ID": "no-id"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert "Invalid flow run id" in run.stdout + run.stderr
