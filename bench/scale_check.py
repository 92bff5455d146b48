"""`make scale-check`: a season over several machines, some of which die, is the season of one machine.

`python -m bench.scale_check --students 2000`: plays a season on one machine (SQLite, folders, one embedded
server), then over a balancer, two Prefect servers, one services process and four machines (PostgreSQL, Redis,
S3); in the middle of an audit one machine and one server are killed. Every table must say the same.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import pandas as pd
import typer
from sqlalchemy import select

from bench.cluster import Cluster, cluster
from bench.data import STUDENTS_A_UNIT, season_folder, units_of
from bench.same_tables import LEFT_OUT, TABLES_LEFT_OUT, differences, rows_of
from bench.scale_season import Tell, installation, play
from biye.supervisor import Supervisor, free_port
from models.database import migrate, reading
from models.keys import make_keys
from models.phase import LEASE

_HITS = "audit"  # the phase in the middle of which machine and server are killed
_UNITS = 12  # at least: three lots for each of four machines
_ROUND = 0.02  # seconds
Tables = dict[str, pd.DataFrame]


def main(
    students: Annotated[int, typer.Option(min=60, help="学生人数 · students")] = 100_000,
    machines: Annotated[int, typer.Option(min=2, max=16, help="机器数 · machines")] = 4,
    processes: Annotated[
        int, typer.Option(min=0, help="每机进程数，0＝线程 · processes each, 0: threads")
    ] = 0,
    logs: Annotated[Path | None, typer.Option(file_okay=False, help="保留日志 · keep homes and logs")] = None,
) -> None:
    """多机与单机结果相同 · many machines give what one gives."""
    files = season_folder(students, units_of(max(students, _UNITS * STUDENTS_A_UNIT)))
    with TemporaryDirectory(prefix="biye-scale-") as scratch:
        folder = (logs or Path(scratch)).resolve()
        one = on_one_machine(files, folder / "alone", typer.echo)
        many, killed = on_many(
            files, folder / "many", folder / "alone" / "keys", machines, processes, typer.echo
        )
    differing = differences(one, many)
    for line in differing:
        typer.echo(f"不同 differs: {line}")
    rows = sum(map(len, one.values()))
    typer.echo(f"{students} 名学生 students，{len(one)} 张表 tables，{rows:,} 行 rows；终止 killed: {killed}")
    typer.echo(
        "未比较 left out: "
        + "; ".join(f"{name} ({why})" for name, why in (LEFT_OUT | TABLES_LEFT_OUT).items())
    )
    typer.echo("不同 not the same" if differing or len(killed) < 2 else "相同 identical")
    raise typer.Exit(bool(differing or len(killed) < 2))


def on_one_machine(files: Path, home: Path, tell: Tell) -> Tables:
    """Play a season on the embedded engine and return its tables."""
    with installation({"BIYE_HOME": str(home)}):
        migrate()
        make_keys()
        with Supervisor(free_port(), tell=tell) as engine:
            os.environ["PREFECT_API_URL"] = engine.url
            took = play(files, engine.url, tell)
        tell(_said("单机 one machine", took))
        with reading() as db:
            return rows_of(db)


def on_many(
    files: Path, folder: Path, keys: Path, machines: int, processes: int, tell: Tell
) -> tuple[Tables, list[str]]:
    """Play it over machines, kill one of them and a server; return the tables and what was killed."""
    with cluster(folder, machines, processes, keys) as made, installation(made.environment):
        with killing(made, tell) as killed:
            took = play(files, made.url, tell)
        tell(_said(f"{machines} 台机器 machines", took))
        with reading() as db:
            return rows_of(db), killed


@contextmanager
def killing(made: Cluster, tell: Tell) -> Iterator[list[str]]:
    """While the block runs, wait for a share of an audit, kill the machine that has it, and a server."""
    killed, over = list[str](), threading.Event()

    def watch() -> None:
        while not over.wait(_ROUND):
            with suppress(OSError):
                if home := _hit(made):
                    count = made.kill_machine(home)
                    made.kill_server()
                    killed.extend([home.name, "server"])
                    tell(f"终止 killed: {home.name} ({count} processes), a Prefect server")
                    return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield killed
    over.set()
    watcher.join()


def _hit(made: Cluster) -> Path | None:
    """Return the home of a machine that works on a share of an audit, and does not run the audit itself."""
    with reading() as db:
        rows = db.execute(select(LEASE.c.flow, LEASE.c.owner).where(LEASE.c.owner != "")).all()
    at_work = {row.flow: _home_of(int(row.owner.split("/")[1])) for row in rows if row.flow.startswith(_HITS)}
    homes = [home for flow, home in at_work.items() if "#" in flow and home != at_work.get(_HITS)]
    return next((home for home in homes if home in made.machines), None)


def _home_of(process: int) -> Path | None:
    known = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    home = next((one for one in known if one.startswith(b"BIYE_HOME=")), b"")
    return Path(home.partition(b"=")[2].decode()) if home else None


def _said(where: str, took: dict[str, float]) -> str:
    parts = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items())
    return f"{where}: {sum(took.values()):.0f} s ({parts})"


if __name__ == "__main__":
    typer.run(main)
