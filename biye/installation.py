"""One running installation a folder: its lock, its address, and everything that `biye up` starts."""

import fcntl
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from prefect.client.orchestration import get_client
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, temporary_settings

from biye.supervisor import Supervisor, free_port
from deployments.address import address_file
from deployments.adhoc import deploy_adhoc
from models.database import migrate
from models.settings import settings
from rules.refusals import Reason, Refused, register

register(
    Reason(
        "up-running",
        "G2",
        "{home} 已有一个 biye up 在运行。",
        "A biye up is running in {home} already.",
        "请先在其终端按 Ctrl-C 结束，或用 BIYE_HOME 指定另一个文件夹。",
        "End it with Ctrl-C in its terminal, or name another folder with BIYE_HOME.",
    )
)


@contextmanager
def running(
    port: int = 0, limit: int = 0, tell: Callable[[str], None] = lambda _: None
) -> Iterator[Supervisor]:
    """Migrate, start server and worker, deploy what every installation has; stop all at the end.

    port: preferred; any free one when it is taken (default from the settings). limit: runs at a time. tell:
    hears what happens. Raises Refused up-running, up-failed.
    """
    with _locked():
        migrate()
        ports = free_port(port or settings().api_port), free_port(settings().web_port)
        with Supervisor(ports[0], limit, tell, ports[1]) as engine:
            address_file().write_text(engine.url)
            try:
                with temporary_settings({PREFECT_API_URL: engine.url}):
                    _deploy_and_sweep()
                    yield engine
            finally:
                address_file().unlink(missing_ok=True)


def _deploy_and_sweep() -> None:
    """Deploy, and look at once for what was missed while nothing ran."""
    with get_client(sync_client=True) as client:
        deploy_adhoc(client)
    run_deployment("sweep/daily", timeout=0, as_subflow=False)


@contextmanager
def _locked() -> Iterator[None]:
    with (settings().folder("prefect") / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("up-running", home=settings().root) from None
        yield


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does; both leave it quietly after everything in it was stopped."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)  # stopping ends in bounded time; nothing may cut it short

        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    interrupt = signal.signal(signal.SIGINT, end)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupt)
