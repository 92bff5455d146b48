"""`biye season deploy`: a policy pack becomes deployments with dated schedules."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, read_text, refusals_told
from rules.clock import now_in_shanghai


def deploy(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|SEASON",
            help="政策包 YAML，或已部署的毕业季 · a policy pack, or a season whose policy is in force",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """部署：按政策包建立定时运行，重复执行不变 · deploy a pack's dated runs; again, nothing changes."""
    from deployments.season import deploy as deploy_pack  # here: Prefect takes a second to import
    from deployments.season import redeploy
    from models.database import migrate

    path, in_force = Path(file), re.fullmatch(r"\d{4}-\d{2}", file)
    if not in_force and not path.is_file():
        raise typer.BadParameter(f"{file}: 没有这个文件 / no such file")
    with refusals_told():
        migrate()
        now = now_in_shanghai()
        summary = redeploy(file, now) if in_force else deploy_pack(read_text(path), file, now)
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
    for name, reason in summary.cancelled.items():
        typer.echo(f"已取消 cancelled: {name}  {reason}")
    plan = summary.plan
    typer.echo(
        f"计划的运行 planned runs: 新增 added {plan.added}，已过 already past {plan.past}，"
        f"取消 taken off {plan.removed}，不变 unchanged {plan.unchanged}"
    )
