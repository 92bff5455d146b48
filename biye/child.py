"""One process that is kept alive, and the environment in which all of them run."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from models.settings import settings


def environment(url: str) -> dict[str, str]:
    """Return the environment of server, worker and runs; what an administrator set is kept where possible.

    url: of the server's API, which may be on another machine.
    """
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
        "PREFECT_API_URL": url,
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
