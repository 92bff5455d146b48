"""A season with its database on PostgreSQL, by the clock: most of the work is the server's.

BIYE_TEST_DATABASE_URL says where. Every turn has a database of its own, a copy of one with the people in it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import make_url

from bench.copy_side import PostgresDriver
from bench.data import STUDENTS_A_UNIT, season_folder
from bench.figure import Figure, Row
from bench.measure import Measured, run_part
from bench.plain_side import read_text, score_files, sum_grades

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
WHOLE_FROM = 500_000  # students; a smaller bench has a season of one unit here
ROWS = (
    Row("postgresql-intake", "接收成绩（PostgreSQL）", "DuckDB reads the same files as text", 4.5),
    Row("postgresql-audit", "毕业审核（PostgreSQL）", "DuckDB GROUP BY sum over the same Parquet", 2.5),
    Row("postgresql-decisions", "写入审核结论（PostgreSQL）", "binary COPY of the same rows", 2),
    Row("postgresql-numbers", "证书编号（PostgreSQL）", "binary COPY of the same rows", 2),
    Row("postgresql-registry", "写入注册数据（PostgreSQL）", "binary COPY of the same rows", 4),
)


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure a season of so many students, or of one unit; nothing where no server answers."""
    server = os.environ.get("BIYE_TEST_DATABASE_URL", SERVER)
    try:
        psycopg.connect(server, connect_timeout=2).close()
    except psycopg.OperationalError:
        tell(f"PostgreSQL 无法连接，略去 · left out, no answer from {make_url(server).render_as_string()}")
        return []
    measured = measure(students if students >= WHOLE_FROM else min(students, STUDENTS_A_UNIT), turns, server)
    names = [row.name.removeprefix("postgresql-") for row in ROWS]
    seconds = [f"{name} {measured.biye_wall[name]:.1f} / {measured.plain_wall[name]:.1f} s" for name in names]
    tell(f"  PostgreSQL，{measured.students} 名学生 students：{'；'.join(seconds)}")
    both = (measured.biye_wall, measured.plain_wall)
    return [Figure(row, both[0][name] / both[1][name]) for row, name in zip(ROWS, names, strict=True)]


def measure(students: int, turns: int, server: str, folder: Path | None = None) -> Measured:
    """Measure a season on a server. folder: of its files, default that of the bench."""
    folder, measured = folder or season_folder(students), Measured(students)
    with TemporaryDirectory(prefix="biye-bench-") as work, database(server, "people") as people:
        home = Path(work) / "people"
        measured.take(run_part("people", folder, home, BIYE_DATABASE_URL=people))
        for _ in range(turns):
            with database(server, "turn", like=people) as turn, TemporaryDirectory(dir=work) as own:
                shutil.copytree(home, Path(own) / "home")
                measured.take(run_part("season", folder, Path(own) / "home", BIYE_DATABASE_URL=turn))
                plain_turn(measured, folder, Path(own) / "home", turn)
    return measured


def plain_turn(measured: Measured, folder: Path, home: Path, url: str) -> None:
    """Do beside an installation what Biye did in it, the plainest way."""
    rows = measured.rows
    with psycopg.connect(url) as db:
        found = db.execute("SELECT grades FROM submission WHERE grades IS NOT NULL").fetchall()
    files = [home / "archive" / digest[:2] / digest for (digest,) in found]
    measured.note("intake", read_text(score_files(folder)), rows["intake"])
    measured.note("audit", sum_grades(files), rows["accepted"])
    driver = PostgresDriver(url)
    measured.note("decisions", driver.decisions(), rows["written"])
    measured.note("numbers", driver.numbers(), rows["numbers"])
    measured.note("registry", driver.registry(), rows["registry"])
    driver.close()


@contextmanager
def database(server: str, name: str, like: str | None = None) -> Iterator[str]:
    """Make a database and drop it afterwards; returns its URL. like: of the one it is a copy of."""
    name = f"biye_bench_{os.getpid()}_{name}"
    template = f" TEMPLATE {make_url(like).database}" if like else ""
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}{template}".encode())
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
