"""Keeps one machine's workers and its preloaded process running: starts, watches, restarts, stops.

    with Workers("http://prefect.example/api", {POOL: 2, LOTS_POOL: 1}):
        ...  # pools and queues exist, a worker serves each, runs start at once

Logs go to BIYE_HOME/logs. The server is somebody else's: `biye.supervisor` adds one for a single machine.
"""

import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import WorkerStatus
from prefect.settings import PREFECT_API_URL, temporary_settings

from biye.child import Child, environment
from biye.start_run import SOCKET as PRELOADED
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


class Workers:
    """A worker for each pool, as long as the `with` block lasts."""

    def __init__(
        self, url: str, pools: Mapping[str, int], tell: Callable[[str], None] = lambda _: None
    ) -> None:
        """url: of the server's API. pools: how many runs at a time of each. tell: hears of restarts."""
        self.url = url
        self._tell = tell
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None
        # A socket's path must be short, whatever BIYE_HOME is.
        self._sockets = Path(tempfile.gettempdir()) / f"biye-{secrets.token_hex(8)}"
        self._preloaded = self._sockets / "preloaded"
        self.preloaded = self._child("preloaded", "biye.preloaded", str(self._preloaded))
        self.workers = {pool: self._worker(pool, limit) for pool, limit in pools.items()}

    def _child(self, name: str, *arguments: str) -> Child:
        known = environment(self.url) | {PRELOADED: str(self._preloaded)}
        return Child(name, arguments, known, settings().folder("logs") / f"{name}.log")

    def _worker(self, pool: str, limit: int) -> Child:
        name = f"{pool}-{socket.gethostname()}-{os.getpid()}"
        work = ("worker", "start", "--pool", pool, "--name", name, "--limit", str(limit))
        return self._child("worker" if pool == POOL else f"worker-{pool}", "prefect", *work)

    @property
    def children(self) -> list[Child]:
        """Return everything that is kept running, what the others need first."""
        return [self.preloaded, *self.workers.values()]

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
        self.start_server()
        with temporary_settings({PREFECT_API_URL: self.url}), get_client(sync_client=True) as client:
            make_pool(client)
            for pool, worker in self.workers.items():
                worker.start()
                wait_until(partial(_is_online, client, pool, worker), worker)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def start_server(self) -> None:
        """Wait until the server answers that others keep. Raises Refused server-unreachable."""
        until = time.monotonic() + _HEALTHY_WITHIN
        while not self.is_healthy():
            if time.monotonic() > until:
                raise Refused("server-unreachable", url=self.url)
            time.sleep(_ROUND)

    def stop(self, grace: float = 10.0) -> None:
        """Stop workers and runs, then the rest; what does not end within the grace time is killed."""
        self._over.set()
        if self._watcher is not None:
            self._watcher.join()
        for worker in self.workers.values():
            worker.stop(grace)
        _end_runs(str(self._preloaded), grace)
        for child in self.children:
            child.stop(grace)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def is_healthy(self) -> bool:
        """Say whether the server answers."""
        return answers(self.url)

    def _watch(self) -> None:
        while not self._over.wait(_ROUND):
            for child in self.children:
                if child.is_dead:
                    self._restart(child)

    def _restart(self, child: Child) -> None:
        lived = time.monotonic() - child.started
        child.wait = min(child.wait * 2, 30.0) if lived < _FAST_DEATH else 1.0
        self._tell(f"{child.name} 已停止，重新启动 / stopped, starting it again (log: {child.log})")
        if not self._over.wait(child.wait):
            child.start()


def answers(url: str) -> bool:
    """Say whether what serves there says that it is healthy."""
    try:
        return httpx.get(f"{url}/health", timeout=2).json() is True
    except (httpx.HTTPError, ValueError):
        return False


def _is_online(client: SyncPrefectClient, pool: str, worker: Child) -> bool:
    workers = client.read_workers_for_work_pool(pool, offset=0, limit=200)
    name = worker.arguments[worker.arguments.index("--name") + 1]
    return any(one.name == name and one.status == WorkerStatus.ONLINE for one in workers)


def wait_until(ready: Callable[[], bool], child: Child, within: float = _HEALTHY_WITHIN) -> None:
    """Wait until a child is ready; Refused up-failed, with the end of its log, when it dies."""
    until = time.monotonic() + within
    while not ready():
        why = f"exit code {child.process.poll()}" if child.process and child.is_dead else ""
        if not why and time.monotonic() > until:
            why = f"no answer for {within:.0f} s"
        if why:
            raise Refused("up-failed", child=child.name, why=why, log=child.log, tail=child.tail())
        time.sleep(0.2)


def _end_runs(preloaded: str, grace: float) -> None:
    """End the runs that outlive their worker, each in a session of its own: ask, then kill."""
    until = time.monotonic() + grace
    for run in _runs(preloaded):
        _send(run, signal.SIGTERM)
    while _runs(preloaded) and time.monotonic() < until:
        time.sleep(0.1)
    for run in _runs(preloaded):
        _send(run, signal.SIGKILL)


def _runs(preloaded: str) -> list[int]:
    """Return the processes of these workers' flow runs, known by their environment (on Linux)."""
    marks = (b"PREFECT__FLOW_RUN_ID=", f"{PRELOADED}={preloaded}\0".encode())
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
