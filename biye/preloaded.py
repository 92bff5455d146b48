"""A process that has imported the engine and every flow, and becomes a run when one is due.

    python -m biye.preloaded SOCKET

Importing takes seconds, forking takes milliseconds. `biye.start_run`, the command that a worker starts for
each run, hands over its environment, folder and standard streams through the socket; the run is a fork of
this process with all of these, and its exit status goes back. A run whose starter is killed is killed too.
"""

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from biye.start_run import ENDED
from deployments.catalogue import MODULES

LENGTH = struct.Struct("!I")
_STREAMS = 3
_ENGINE = ("prefect.engine", "prefect.flow_engine", "prefect.task_engine", "prefect._internal.metrics")


class Preloaded:
    """Forks a run for each request; single-threaded, so that a fork is a sound copy."""

    def __init__(self, path: Path) -> None:
        """path: of the socket, which only this user may use."""
        self._selector = selectors.DefaultSelector()
        self._starters: dict[int, socket.socket] = {}  # by the run's process
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        os.umask(before)
        self._door.listen(64)
        self._ended, write = socket.socketpair()
        self._ended.setblocking(False)
        write.setblocking(False)
        signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._write = write
        for one in (self._door, self._ended):
            self._selector.register(one, selectors.EVENT_READ)

    def serve(self) -> NoReturn:
        """Serve until a signal ends this process."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._door:
                    self._start(self._door.accept()[0])
                elif key.fileobj is self._ended:
                    self._report()
                else:
                    self._lose(key.fileobj)

    def _start(self, starter: socket.socket) -> None:
        try:
            request, streams = receive_request(starter)
        except (OSError, ValueError):
            starter.close()
            return
        run = os.fork()
        if run == 0:
            self._become(starter, request, streams)
        for stream in streams:
            os.close(stream)
        self._starters[run] = starter
        self._selector.register(starter, selectors.EVENT_READ)

    def _become(self, starter: socket.socket, request: dict[str, Any], streams: list[int]) -> NoReturn:
        """Turn this fork into the run; never returns to the server's loop.

        It says itself that it begins: a starter that heard nothing starts the run anew, and rightly.
        """
        status = 1
        try:
            with starter, suppress(OSError):  # it left already: the loop hears of that, and ends its run
                starter.sendall(f"{os.getpid()}\n".encode())
            self._forget()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            os.environ.clear()
            os.environ.update(request["environment"])
            os.chdir(request["folder"])
            status = run_engine()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _forget(self) -> None:
        """Close what belongs to the server, and let signals do what they do in a new process."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (self._door, self._ended, self._write, *self._starters.values()):
            one.close()
        self._selector.close()

    def _report(self) -> None:
        """Tell the starters of the runs that ended, with their status."""
        self._ended.recv(4096)
        while True:
            try:
                run, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if run == 0:
                return
            starter = self._starters.pop(run, None)
            if starter is not None:
                self._selector.unregister(starter)
                with suppress(OSError):
                    starter.sendall(f"{ENDED}{os.waitstatus_to_exitcode(status)}\n".encode())
                starter.close()

    def _lose(self, starter: Any) -> None:
        """Kill the run of a starter that is gone: to the worker, the starter was the run."""
        run = next((run for run, one in self._starters.items() if one is starter), None)
        if run is None:  # reported in this same round: its run had ended
            return
        self._selector.unregister(starter)
        starter.close()
        self._starters.pop(run)
        with suppress(ProcessLookupError):
            os.kill(run, signal.SIGKILL)


def receive_request(starter: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return what a starter sent: its environment and folder, and its three standard streams."""
    head, streams, _, _ = socket.recv_fds(starter, LENGTH.size, _STREAMS)
    (length,) = LENGTH.unpack(head)
    body = b""
    while len(body) < length:
        part = starter.recv(length - len(body))
        if not part:
            raise ValueError("the starter ended in the middle of its request")
        body += part
    return json.loads(body), list(streams)


def run_engine() -> int:
    """Run the engine on the flow run that the environment names; return the exit status."""
    from prefect.context import refresh_global_settings_context

    refresh_global_settings_context()
    sys.argv[:] = ["prefect.engine"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the module is loaded already: that is the point
            runpy.run_module("prefect.engine", run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def preload() -> None:
    """Import what runs need."""
    for module in {*_ENGINE, *MODULES.values()}:
        import_module(module)
    settle_memory()


def settle_memory() -> None:
    """Let the collector leave alone what is imported, and come by less often: a run handles whole columns."""
    gc.freeze()  # forks share it, too
    gc.set_threshold(50_000, 20, 100)


def main() -> None:
    """Preload, then serve."""
    preload()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Preloaded(Path(sys.argv[1])).serve()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
