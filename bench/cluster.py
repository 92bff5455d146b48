"""Several machines on one: a balancer, two Prefect servers, their services, workers each with its own home.

They share what real ones would: PostgreSQL, Redis, an S3-compatible store and the keys; no folder else.
What each is started with are the commands and settings of deployments/machines.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import redis
from sqlalchemy import make_url

from bench.balancer import balancer
from bench.object_store import ASKS, address, object_store
from bench.postgresql import database
from biye.supervisor import free_port
from biye.workers import answers

SETTINGS = Path(__file__).parents[1] / "deployments" / "machines"
POSTGRES = os.environ.get("BIYE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BIYE_TEST_REDIS_URL", "redis://127.0.0.1:6379")
_REDIS_NUMBERS = (11, 12)  # messages, and what servers have to do; emptied before and after
_READY_WITHIN = 180.0  # seconds, on a busy machine


@dataclass
class Cluster:
    """What runs. environment: of whoever works in it. servers, machines: their processes."""

    environment: dict[str, str]
    servers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    machines: dict[Path, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the API's one address."""
        return self.environment["PREFECT_API_URL"]

    def kill_server(self) -> None:
        """Kill the first server, as a power cut would."""
        self.servers[0].kill()
        self.servers[0].wait()

    def kill_machine(self, home: Path) -> int:
        """Kill every process of a machine at once; return how many there were."""
        found = processes_of(home)
        for one in found:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.machines[home].wait()
        return len(found)


def processes_of(home: Path) -> list[int]:
    """Return the processes of the machine that has this home, by their environment (Linux)."""
    mark, found = f"BIYE_HOME={home}\0".encode(), []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


@contextmanager
def cluster(folder: Path, machines: int, processes: int, keys: Path) -> Iterator[Cluster]:
    """Start everything, its homes and logs in a folder; all of it is gone afterwards, databases included."""
    with ExitStack() as stack:
        biye, prefect = (stack.enter_context(database(POSTGRES, name)) for name in ("biye", "prefect"))
        messages, work = (stack.enter_context(redis_database(number)) for number in _REDIS_NUMBERS)
        store = stack.enter_context(object_store())
        ports = [free_port() for _ in range(2)]
        front = stack.enter_context(balancer(ports))
        made = Cluster(
            _clean_environment()
            | ASKS
            | _settings("biye.env")
            | {
                "PREFECT_API_URL": f"http://127.0.0.1:{front}/api",
                "BIYE_DATABASE_URL": make_url(biye)
                .set(drivername="postgresql+psycopg")
                .render_as_string(False),
                "BIYE_ARCHIVE_URL": address(store, "archive"),
                "BIYE_OUT_URL": address(store, "out"),
                "BIYE_KEYS_FOLDER": str(keys),
                "BIYE_HOME": str(folder / "desk"),
                "BIYE_MACHINES": str(machines),
                "BIYE_LOT_PROCESSES": str(processes),
            }
        )
        _start_servers(stack, made, folder, ports, prefect, (messages, work))
        _start_machines(stack, made, folder, machines)
        yield made


def _start_servers(
    stack: ExitStack,
    made: Cluster,
    folder: Path,
    ports: Sequence[int],
    database_url: str,
    redis_urls: Sequence[str],
) -> None:
    known = _clean_environment() | _settings("prefect-server.env")
    known |= {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": make_url(database_url)
        .set(drivername="postgresql+asyncpg")
        .render_as_string(False),
        "PREFECT_REDIS_MESSAGING_URL": redis_urls[0],
        "PREFECT_SERVER_DOCKET_URL": redis_urls[1],
        "PREFECT_API_URL": made.url,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "2",
    }
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
    subprocess.run(upgrade, env=known, check=True, capture_output=True)
    # One after the other: on a new database two that start together get in each other's way.
    for port in ports:
        serve = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-services")
        made.servers.append(stack.enter_context(process(folder / f"server-{port}.log", known, serve)))
        wait_until(partial(answers, f"http://127.0.0.1:{port}/api"), f"server {port}")
    stack.enter_context(process(folder / "services.log", known, ("prefect", "server", "services", "start")))


def _start_machines(stack: ExitStack, made: Cluster, folder: Path, machines: int) -> None:
    subprocess.run([*BIYE, "migrate"], env=made.environment, check=True, capture_output=True)
    for number in range(1, machines + 1):
        home = folder / f"machine-{number}"
        known = made.environment | {"BIYE_HOME": str(home)}
        log = folder / f"machine-{number}.log"
        made.machines[home] = stack.enter_context(process(log, known, (), command=[*BIYE, "worker"]))
    for number in range(1, machines + 1):
        log = folder / f"machine-{number}.log"
        wait_until(partial(_says, log, "就绪"), log.stem)


BIYE = [sys.executable, "-c", "from biye.cli import main; main()"]


@contextmanager
def process(
    log: Path, environment: Mapping[str, str], module: Sequence[str], command: Sequence[str] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    """Keep a process running; asked to end it gets a while, then it is killed with all that it started."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        started = subprocess.Popen(
            command or [sys.executable, "-m", *module],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGINT)
            try:
                started.wait(30)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@contextmanager
def redis_database(number: int) -> Iterator[str]:
    """An empty Redis database of the server that is there."""
    url = f"{REDIS}/{number}"
    client: redis.Redis = redis.Redis.from_url(url)
    if client.dbsize():
        raise OSError(f"{url} holds something: name another server with BIYE_TEST_REDIS_URL")
    try:
        yield url
    finally:
        client.flushdb()
        client.close()


def wait_until(holds: Callable[[], bool], what: str, within: float = _READY_WITHIN) -> None:
    """Wait until something holds; TimeoutError says what did not."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not ready within {within:.0f} s")
        time.sleep(0.2)


def _says(log: Path, word: str) -> bool:
    return word in log.read_text(encoding="utf-8")


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("BIYE_", "PREFECT_"))}


def _settings(name: str) -> dict[str, str]:
    lines = (SETTINGS / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
