"""`biye demo`: one season, replayed by date through deployed flows on a worker."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import refusals_told

app = typer.Typer(help="演示 · demo", invoke_without_command=True)
FOLDER = Path("demo-out")
BRANCHES_AT = 60  # students from which every unit takes part


@app.callback()
def demo(
    students: Annotated[int, typer.Option(min=10, help="学生人数 · students")] = 2000,
    seed: Annotated[int, typer.Option(help="随机种子 · seed")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="结束后保留界面 · leave the UI up")] = False,
    write_input: Annotated[
        Path | None, typer.Option(file_okay=False, help="只写输入文件 · only write the season's files")
    ] = None,
    own_input: Annotated[
        Path | None,
        typer.Option(
            "--input",
            exists=True,
            file_okay=False,
            help="用自己的文件：manifest.csv，可有 reference/ 和 season.yaml · files of your own",
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="结果另存为 JSON · also write the result")
    ] = None,
) -> None:
    """演示一个毕业季 · replay a season through deployed flows."""
    from biye.sandbox.season import write_season

    branches = None if students >= BRANCHES_AT else ["110"]
    if write_input:
        write_season(write_input, students, seed, branches=branches)
        typer.echo(f"输入文件已写入 input written to {write_input}")
        return
    begun = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    _at_home(FOLDER.resolve() / "home")
    folder = own_input or FOLDER / "input"
    if own_input is None:
        write_season(folder, students, seed, branches=branches)
        typer.echo(f"合成 {students} 名学生的毕业季 · a synthetic season ({time.monotonic() - begun:.0f} s)")
    with refusals_told():
        _replay(folder, begun, keep, json_file)


def _at_home(home: Path) -> None:
    """Give the demo an installation of its own, before anything asks where it lives."""
    os.environ["BIYE_HOME"] = str(home)
    for name in ("BIYE_DATABASE_URL", "BIYE_ARCHIVE_URL", "PREFECT_API_URL"):
        os.environ.pop(name, None)


def _replay(folder: Path, begun: float, keep: bool, json_file: Path | None) -> None:
    from biye.installation import ended_by_signals
    from biye.sandbox.demo_season import replayed
    from biye.sandbox.outcome import outcome_of, tell_outcome
    from biye.sandbox.samples import leave_samples

    outcome = None
    with ended_by_signals(), replayed(folder, typer.echo) as season:
        leave_samples(FOLDER, season.pack)
        outcome = outcome_of(season, folder, time.monotonic() - begun)
        tell_outcome(outcome, FOLDER)
        if json_file:
            json_file.write_text(outcome.to_json(), encoding="utf-8")
        if keep:
            typer.echo(f"界面 UI: {season.address}（Ctrl-C 结束 to end）")
            signal.pause()
    if outcome is None or not outcome.reconciled:
        raise typer.Exit(1)
