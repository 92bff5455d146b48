"""`biye demo`: one synthetic season, replayed by date through deployed flows on a worker."""

import os
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

app = typer.Typer(help="演示 · demo", invoke_without_command=True)
FOLDER = Path("demo-out")
BRANCHES_AT = 60  # students from which every unit takes part


@app.callback()
def demo(
    students: Annotated[int, typer.Option(min=10, help="学生人数 · students")] = 2000,
    seed: Annotated[int, typer.Option(help="随机种子 · seed")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="结束后保留界面 · leave the UI up")] = False,
    write_input: Annotated[
        Path | None, typer.Option(file_okay=False, help="只写输入文件 · only write")
    ] = None,
) -> None:
    """演示一个合成的毕业季 · replay a synthetic season through deployed flows."""
    from biye.sandbox.season import write_season

    branches = None if students >= BRANCHES_AT else ["110"]
    if write_input:
        write_season(write_input, students, seed, branches=branches)
        typer.echo(f"输入文件已写入 input written to {write_input}")
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    _at_home(FOLDER.resolve() / "home")
    begun = time.monotonic()
    write_season(FOLDER / "input", students, seed, branches=branches)
    typer.echo(f"合成 {students} 名学生的毕业季 · a synthetic season ({time.monotonic() - begun:.0f} s)")
    _replay(FOLDER / "input", keep)
    typer.echo(f"用时 {time.monotonic() - begun:.0f} 秒 seconds；文件在 files in {FOLDER}/")


def _at_home(home: Path) -> None:
    """Give the demo an installation of its own, before anything asks where it lives."""
    os.environ["BIYE_HOME"] = str(home)
    os.environ.pop("BIYE_DATABASE_URL", None)
    os.environ.pop("BIYE_ARCHIVE_URL", None)


def _replay(folder: Path, keep: bool) -> None:
    from biye.sandbox.replay import Replay
    from biye.supervisor import Supervisor, free_port
    from deployments.address import connected
    from deployments.season import deploy
    from models.database import migrate
    from rules.clock import now_in_shanghai
    from tasks.policy import load_reference, season_pack

    migrate()
    reference = load_reference(folder / "reference", now_in_shanghai())
    with Supervisor(free_port(), tell=typer.echo) as engine:
        os.environ["PREFECT_API_URL"] = engine.url
        typer.echo(f"Prefect: {engine.url.removesuffix('/api')}")
        text = (folder / "season.yaml").read_text(encoding="utf-8")
        season = deploy(text, "season.yaml", now_in_shanghai()).season
        replay = Replay(folder, season_pack(season), reference, typer.echo)
        with connected():
            replay.play()
        _tell_counts(season, replay.runs)
        while keep:
            time.sleep(1)


def _tell_counts(season: str, runs: int) -> None:
    """Print how many cases stand in each state of each track."""
    from models.case import Case
    from models.columns import table_of
    from models.database import reading
    from rules.states import TRACKS, chinese

    cases = table_of(Case)
    typer.echo(f"部署的运行 deployed runs: {runs}")
    with reading() as db:
        for track in TRACKS:
            column = cases.c[track.__name__.lower()]
            grouped = select(column, func.count()).where(cases.c.season == season).group_by(column)
            counts = db.execute(grouped.order_by(column)).tuples().all()
            said = "，".join(f"{chinese(track(state))} {count}" for state, count in counts)
            typer.echo(f"{track.__name__}: {said}")
