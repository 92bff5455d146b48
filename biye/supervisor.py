"""Everything on one machine: Prefect's server and the web application beside a worker.

    with Supervisor(free_port(settings().api_port)) as engine:
        ...  # engine.url is healthy, pool and queues exist, a worker serves them

Everything listens on 127.0.0.1 only and lives in BIYE_HOME/prefect; logs go to BIYE_HOME/logs.
"""

import socket
from collections.abc import Callable

from biye.child import Child
from biye.workers import Workers, answers, wait_until
from deployments.address import url_of
from deployments.pool import POOL
from models.settings import settings


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


class Supervisor(Workers):
    """A healthy server with a worker, as long as the `with` block lasts."""

    def __init__(
        self, port: int, limit: int = 0, tell: Callable[[str], None] = lambda _: None, web_port: int = 0
    ) -> None:
        """port: of the server. limit: runs at a time, default from the settings. tell: hears of restarts.

        web_port: of the web application; 0: without it.
        """
        super().__init__(url_of(port), {POOL: limit or settings().worker_limit}, tell)
        self.port = port
        serve = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
        self.server = self._child("server", "prefect", *serve)
        self.web_port = web_port
        web = ("--factory", "biye.web.app:create_app", "--host", "127.0.0.1", "--port", str(web_port))
        self.web = self._child("web", "uvicorn", *web)

    @property
    def worker(self) -> Child:
        """Return the worker's process."""
        return self.workers[POOL]

    @property
    def children(self) -> list[Child]:
        """Return everything that is kept running, the server last to be stopped."""
        return [*super().children, *([self.web] if self.web_port else []), self.server]

    def start_server(self) -> None:
        """Start server and web application and wait until they are healthy; Refused up-failed: why not."""
        self.server.start()
        if self.web_port:
            self.web.start()
            wait_until(lambda: answers(f"http://127.0.0.1:{self.web_port}"), self.web)
        wait_until(self.is_healthy, self.server)
