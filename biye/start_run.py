"""The command that a worker starts for each run: asks the preloaded process, else starts the engine anew.

    python -m biye.start_run

Imports nothing but a little of Python itself: it is paid for at every run. It passes termination on to the
run and ends with the run's status, so that the worker sees one process.
"""

import io
import json
import os
import signal
import socket
import struct
import sys
import time
from types import FrameType

SOCKET = "BIYE_PRELOADED"  # names the preloaded process's socket
ENDED = "ended "  # before a run's status; its process has said its own number before
_GONE_ROUND = 0.2


def main() -> int:
    """Start the run that the environment names and return its exit status."""
    door = socket.socket(socket.AF_UNIX)
    try:
        door.connect(os.environ.get(SOCKET, ""))
        said = _hand_over(door)
        run = int(said.readline())
    except (OSError, ValueError):
        os.execv(sys.executable, [sys.executable, "-m", "prefect.engine"])

    def pass_on(number: int, _frame: FrameType | None) -> None:
        os.kill(run, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    status = said.readline()
    return int(status.removeprefix(ENDED)) if status else _wait_for(run)


def _hand_over(door: socket.socket) -> io.TextIOWrapper:
    folder = os.getcwd()  # noqa: PTH109  importing pathlib takes longer than all the rest
    body = json.dumps({"environment": dict(os.environ), "folder": folder}).encode()
    socket.send_fds(door, [struct.pack("!I", len(body))], [0, 1, 2])
    door.sendall(body)
    return door.makefile()


def _wait_for(run: int) -> int:
    """Wait for a run whose preloaded process is gone; it has told its end to the server itself."""
    while True:
        try:
            os.kill(run, 0)
        except ProcessLookupError:
            return 0
        time.sleep(_GONE_ROUND)


if __name__ == "__main__":
    status = main()
    if status < 0:  # killed by a signal: end in the same way
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)
