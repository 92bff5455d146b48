"""Keeps Prefect's server, a worker and the preloaded process running: starts, watches, restarts, stops.

    with Supervisor(free_port(settings().api_port)) as engine:
        ...  # engine.url is healthy, pool and queues exist, a worker serves them

Everything listens on 127.0.0.1 only and lives in BIYE_HOME/prefect; logs go to BIYE_HOME/logs.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import WorkerStatus
from prefect.settings import PREFECT_API_URL, temporary_settings

from biye.start_run import SOCKET as PRELOADED
from deployments.address import url_of
from deployments.pool import POOL, make_pool
from models.settings import settings
from rules.refusals import Reason, Refused, register

register(
    Reason(
        "up-failed",
        "G2",
        "{child} 未能启动（{why}）。日志 {log} 的末尾：\n{tail}",
        "{child} did not start ({why}). The end of {log}:\n{tail}",
        "请运行 biye doctor 查看缺少什么。",
        "Run biye doctor to see what is missing.",
    ),
)

_HEALTHY_WITHIN = 90.0  # seconds; a first start migrates Prefect's own database
_ROUND = 0.5
_FAST_DEATH = 5.0  # a child that lives shorter than this is restarted more and more slowly


def free_port(preferred: int = 0) -> int:
    """Return the preferred port of 127.0.0.1 if nobody listens there, else any free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def environment(port: int) -> dict[str, str]:
    """Return the environment of server, worker and runs; what an administrator set is kept where possible."""
    tunable = {
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_WORKER_PREFETCH_SECONDS": "1",  # a run picked up early would be lost with its worker
        "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "2",
        "PREFECT_LOGGING_LEVEL": "INFO",
    }
    fixed = {
        "BIYE_HOME": str(settings().root),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PREFECT_HOME": str(settings().folder("prefect")),
        "TMPDIR": str(settings().folder("prefect", "tmp")),  # a worker's folder there belongs to one user
        "PREFECT_API_URL": url_of(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return tunable | dict(os.environ) | fixed


@dataclass
class Child:
    """One process that is kept alive, leader of a session of its own."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 1.0  # seconds before the next restart

    def start(self) -> None:
        """Start the process, its output appended to the log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started = time.monotonic()

    @property
    def is_dead(self) -> bool:
        """Say whether the process is not there."""
        return self.process is None or self.process.poll() is not None

    def stop(self, grace: float) -> None:
        """Ask with SIGINT, as Ctrl-C does; kill what has not ended after `grace` seconds."""
        if self.process is not None and not self.is_dead:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def tail(self) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


class Supervisor:
    """A healthy server with a worker, as long as the `with` block lasts."""

    def __init__(self, port: int, limit: int = 0, tell: Callable[[str], None] = lambda _: None) -> None:
        """port: of the server. limit: runs at a time, default from the settings. tell: hears of restarts."""
        self.port = port
        self.url = url_of(port)
        self._tell = tell
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None
        self.worker_name = f"biye-{os.getpid()}"
        limit = limit or settings().worker_limit
        # A socket's path must be short, whatever BIYE_HOME is.
        self._sockets = Path(tempfile.gettempdir()) / f"biye-{secrets.token_hex(8)}"
        self._preloaded = self._sockets / "preloaded"
        serve = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
        work = ("worker", "start", "--pool", POOL, "--name", self.worker_name, "--limit", str(limit))
        self.server = self._child("server", "prefect", *serve)
        self.preloaded = self._child("preloaded", "biye.preloaded", str(self._preloaded))
        self.worker = self._child("worker", "prefect", *work)

    def _child(self, name: str, *arguments: str) -> Child:
        known = environment(self.port) | {PRELOADED: str(self._preloaded)}
        return Child(name, arguments, known, settings().folder("logs") / f"{name}.log")

    def __enter__(self) -> Self:
        """Start everything and wait until it is healthy; Refused up-failed says why it is not."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.stop()

    def start(self) -> None:
        """Start everything and wait until it is healthy; may follow a stop."""
        self._over.clear()
        self._sockets.mkdir(mode=0o700)
        self.preloaded.start()
        self.server.start()
        _wait_until(self.is_healthy, self.server)
        with temporary_settings({PREFECT_API_URL: self.url}), get_client(sync_client=True) as client:
            make_pool(client)
            self.worker.start()
            _wait_until(lambda: _is_online(client, self.worker_name), self.worker)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self, grace: float = 10.0) -> None:
        """Stop worker and runs, then the server; what does not end within the grace time is killed."""
        self._over.set()
        if self._watcher is not None:
            self._watcher.join()
        self.worker.stop(grace)
        _end_runs(self.url, grace)
        self.preloaded.stop(grace)
        self.server.stop(grace)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def is_healthy(self) -> bool:
        """Say whether the server answers."""
        try:
            return httpx.get(f"{self.url}/health", timeout=2).json() is True
        except (httpx.HTTPError, ValueError):
            return False

    def _watch(self) -> None:
        while not self._over.wait(_ROUND):
            for child in (self.server, self.preloaded, self.worker):
                if child.is_dead:
                    self._restart(child)

    def _restart(self, child: Child) -> None:
        lived = time.monotonic() - child.started
        child.wait = min(child.wait * 2, 30.0) if lived < _FAST_DEATH else 1.0
        self._tell(f"{child.name} 已停止，重新启动 / stopped, starting it again (log: {child.log})")
        if not self._over.wait(child.wait):
            child.start()


def _is_online(client: SyncPrefectClient, name: str) -> bool:
    workers = client.read_workers_for_work_pool(POOL, offset=0, limit=200)
    return any(one.name == name and one.status == WorkerStatus.ONLINE for one in workers)


def _wait_until(ready: Callable[[], bool], child: Child, within: float = _HEALTHY_WITHIN) -> None:
    until = time.monotonic() + within
    while not ready():
        why = f"exit code {child.process.poll()}" if child.process and child.is_dead else ""
        if not why and time.monotonic() > until:
            why = f"no answer for {within:.0f} s"
        if why:
            raise Refused("up-failed", child=child.name, why=why, log=child.log, tail=child.tail())
        time.sleep(0.2)


def _end_runs(url: str, grace: float) -> None:
    """End the runs that outlive their worker, each in a session of its own: ask, then kill."""
    until = time.monotonic() + grace
    for run in _runs(url):
        _send(run, signal.SIGTERM)
    while _runs(url) and time.monotonic() < until:
        time.sleep(0.1)
    for run in _runs(url):
        _send(run, signal.SIGKILL)


def _runs(url: str) -> list[int]:
    """Return the processes of this server's flow runs, known by their environment (on Linux)."""
    marks = (b"PREFECT__FLOW_RUN_ID=", b"PREFECT_API_URL=" + url.encode() + b"\0")
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            said = entry.read_bytes()
            if all(mark in said for mark in marks):
                found.append(int(entry.parent.name))
    return found


def _send(process: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)
