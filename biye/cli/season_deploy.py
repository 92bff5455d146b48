"""`biye season deploy`: a policy pack becomes deployments with dated schedules."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import print_json, read_text, refusals_told
from rules.clock import now_in_shanghai


def deploy(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="政策包 YAML · the season's policy pack")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")] = False,
) -> None:
    """部署：按政策包建立定时运行，重复执行不变 · deploy a pack's dated runs; again, nothing changes."""
    from deployments.season import deploy as deploy_pack  # here: Prefect takes a second to import
    from models.database import migrate

    with refusals_told():
        migrate()
        summary = deploy_pack(read_text(file), str(file), now_in_shanghai())
    if as_json:
        print_json(asdict(summary))
        return
    said = {
        "新建 created": summary.created,
        "更改 changed": summary.changed,
        "删除 removed": summary.removed,
        "不变 unchanged": summary.unchanged,
    }
    typer.echo(f"毕业季 season {summary.season}")
    for name, deployments in said.items():
        typer.echo(f"{name}: {len(deployments)}  {' '.join(deployments)}".rstrip())
    plan = summary.plan
    typer.echo(
        f"计划的运行 planned runs: 新增 added {plan.added}，已过 already past {plan.past}，"
        f"取消 taken off {plan.removed}，不变 unchanged {plan.unchanged}"
    )
