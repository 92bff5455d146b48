"""`biye demo`: one season, replayed by date through deployed flows on a worker."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from biye.cli.answers import refusals_told

if TYPE_CHECKING:
    from biye.sandbox.demo_season import SeasonFolder
    from biye.sandbox.look_up import Looked

app = typer.Typer(help="演示 · demo", invoke_without_command=True)
FOLDER = Path("demo-out")
INVENTED = FOLDER / "input"
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
    branches = None if students >= BRANCHES_AT else ["110"]
    if write_input:
        from biye.sandbox.season import write_season

        write_season(write_input, students, seed, branches=branches)
        typer.echo(f"输入文件已写入 input written to {write_input}")
        return
    begun = time.monotonic()
    _at_home(FOLDER.resolve() / "home")
    with refusals_told():
        given = _own_season(own_input) if own_input else _invented(students, seed, branches, begun)
        _replay(given, own_input or INVENTED, begun, keep, json_file)


def _own_season(folder: Path) -> "SeasonFolder":
    """Read files of one's own; only then remove what the last demo left."""
    from biye.sandbox.demo_season import read_folder

    if folder.resolve().is_relative_to(FOLDER.resolve()):
        said = f"{folder} 在 {FOLDER} 内，演示会先清空它，请移到别处 / move it: a demo empties {FOLDER} first"
        raise typer.BadParameter(said)
    given = read_folder(folder)
    shutil.rmtree(FOLDER, ignore_errors=True)
    return given


def _invented(students: int, seed: int, branches: list[str] | None, begun: float) -> "SeasonFolder":
    from biye.sandbox.demo_season import read_folder
    from biye.sandbox.season import write_season

    shutil.rmtree(FOLDER, ignore_errors=True)
    write_season(INVENTED, students, seed, branches=branches)
    typer.echo(f"合成 {students} 名学生的毕业季 · a synthetic season ({time.monotonic() - begun:.0f} s)")
    return read_folder(INVENTED)


def _at_home(home: Path) -> None:
    """Give the demo an installation of its own, before anything asks where it lives."""
    for name in [one for one in os.environ if one.startswith("BIYE_")]:
        del os.environ[name]  # another installation's: its database, archive, keys, machines
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["BIYE_HOME"] = str(home)


def _replay(given: "SeasonFolder", folder: Path, begun: float, keep: bool, json_file: Path | None) -> None:
    from biye.cli.season_account import print_account
    from biye.installation import ended_by_signals
    from biye.sandbox.demo_season import replayed
    from biye.sandbox.outcome import outcome_of
    from biye.sandbox.samples import leave_reports, leave_samples
    from tasks.policy import current_reference

    outcome = None
    with ended_by_signals(), replayed(given, typer.echo) as season:
        leave_samples(FOLDER, season.pack)
        leave_reports(FOLDER / "reports", season.pack, current_reference(), season.until)
        outcome = outcome_of(season, folder, time.monotonic() - begun)
        print_account(outcome.lines, outcome.checks)
        _print_exceptions(outcome.exceptions, season.pack.season)
        said = f"{outcome.students} 名学生 students，{outcome.runs} 次运行 deployed runs"
        typer.echo(f"{said}，{outcome.seconds:.0f} 秒 seconds；文件在 files in {FOLDER}/")
        if json_file:
            json_file.write_text(outcome.to_json(), encoding="utf-8")
        if keep:
            typer.echo(f"界面 UI: {season.address}（Ctrl-C 结束 to end）")
            signal.pause()
    if outcome is None or not outcome.reconciled:
        raise typer.Exit(1)


def _print_exceptions(found: "list[Looked]", season: str) -> None:
    """Print what was out of the ordinary, and how to look at it."""
    from biye.cli.tables import print_table

    headings = ("条款", "例外 exception", "单位", "人数", "示例学号 look up", "现状 stands")
    rows = [(one.clause, one.zh, one.unit, one.count, one.example, one.stands) for one in found]
    print_table(f"例外 exceptions {len(rows)}", headings, rows)
    biye = f"BIYE_HOME={FOLDER}/home {os.path.relpath(sys.argv[0])}"
    example = found[0].example if found else "学号"
    typer.echo("看一名学生 look at one student:")
    typer.echo(f"  {biye} case show {example}")
    typer.echo(
        "学生自己看到的 what the student sees: http://127.0.0.1:8000（姓名和证件号 name and ID: --unmasked）"
    )
    typer.echo(f"  {biye} up")
    typer.echo(f"  {biye} case show {example} --unmasked --by 姓名")
    typer.echo("看各条款 look at the clauses（docs/clauses.md：条款 → 代码 → 测试）:")
    for words in (
        f"season account {season}",
        f"season gaps {season}",
        "today",
        "approval list --all",
        "stocktake list",
    ):
        typer.echo(f"  {biye} {words}")
    typer.echo(f"  报表和查缺补漏图 reports and the picture of the gaps: {FOLDER}/reports/")
