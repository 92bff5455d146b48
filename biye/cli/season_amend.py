"""`biye season amend`: a new version of a pack, or days off published since, and all that moves (T4)."""

import getpass
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from biye.cli.answers import AsJson, print_json, read_text, refusals_told
from biye.cli.instants import instant_option
from biye.cli.milestones import said_days
from biye.cli.tables import print_table
from models.database import migrate
from rules.amendment import PlanDifference, PromiseChange
from rules.clock import now_in_shanghai
from rules.refusals import Refused
from tasks.amendment import Amendment, amend, preview

WHAT = {"moved": "改期 moved", "appears": "新增 appears", "disappears": "取消 disappears"}
SHOWN_DAYS = 6  # of a flow's planned days, each way


def amend_season(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="新版政策包或工作日历 YAML · a new pack version or a calendar",
        ),
    ],
    by: Annotated[str | None, typer.Option(help="经办人，默认登录名 · who amends")] = None,
    reason: Annotated[str, typer.Option(help="修订理由 · why")] = "",
    season: Annotated[str, typer.Option(help="日历用于哪一季，默认唯一的一季 · whose calendar")] = "",
    as_of: Annotated[str | None, typer.Option("--as-of", help="时刻，默认现在 · when, default now")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · do not ask")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不改 · only show")] = False,
    as_json: AsJson = False,
) -> None:
    """修订政策或日历：列出全部改期，确认后一次生效 · amend: all that moves, old → new, then at once."""
    if not dry_run and not reason.strip():
        raise typer.BadParameter("须说明理由 · say why", param_hint="--reason")
    if as_json and not (yes or dry_run):
        raise typer.BadParameter("--json 须与 --yes 或 --dry-run 同用 · needs --yes or --dry-run")
    text, when = read_text(file), instant_option(as_of)
    migrate()
    with refusals_told():
        shown = preview(text, str(file), when, season)
        if not as_json:
            _print(shown)
        if shown.new and not dry_run:
            if not yes:
                typer.confirm("是否修订 · amend", abort=True)
            shown = amend(text, str(file), when, by or getpass.getuser(), reason.strip(), season)
    deployed = _redeployed(shown) if shown.new and not dry_run else None
    _tell(shown, deployed, dry_run, as_json)


def _redeployed(done: Amendment) -> bool:
    """Let the deployments follow; where no server answers they do at the next `biye season deploy`."""
    from deployments.season import redeploy  # here: Prefect takes a second to import

    try:
        redeploy(done.season, now_in_shanghai())
    except Refused as refusal:
        if refusal.code != "server-unreachable":
            raise
        return False
    return True


def _tell(shown: Amendment, deployed: bool | None, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(asdict(shown) | {"applied": deployed is not None, "deployed": deployed})
    elif not shown.new:
        typer.echo("已是生效内容，未作改动 · in force already, nothing changed")
    elif dry_run:
        typer.echo("未作改动 · nothing was changed (--dry-run)")
    else:
        typer.echo(f"已修订 amended · {shown.season} · hash {shown.policy_hash[:12]} · 日历 {shown.calendar}")
        if not deployed:
            typer.echo(
                f"连接不到 Prefect 服务，请稍后运行 biye season deploy {shown.season} · "
                f"no Prefect server answers: run biye season deploy {shown.season} later"
            )


def _print(shown: Amendment) -> None:
    version = f"第 {shown.pack_version} 版 · 日历 calendar {shown.calendar}"
    typer.echo(f"{shown.season} · {version}")
    tables: list[tuple[str, tuple[str, ...], list[tuple[object, ...]]]] = [
        ("时限 promises", ("", "条款", "时限", "对象", "单位", "起算", "原 old", "新 new"), _promises(shown)),
        ("时间安排 timeline", ("", "条款", "事项", "原 old", "新 new"), _milestones(shown)),
        ("计划的运行 planned runs", ("流程 flow", "取消 gone", "新增 added"), _plan(shown)),
    ]
    for title, headings, rows in tables:
        if rows:
            print_table(f"{title} {len(rows)}", headings, rows)
    late = [one for one in shown.promises if one.late]
    if late:
        named = "，".join(_subject(one) for one in late)
        typer.echo(f"注意：修订后即已逾期 · late at once: {len(late)}（{named}）")


def _promises(shown: Amendment) -> list[tuple[object, ...]]:
    return [
        (
            *(WHAT[one.what], one.promise.clause, one.promise.duty, _subject(one), one.promise.branch),
            *(one.promise.started_on, one.old, one.new),
        )
        for one in shown.promises
    ]


def _subject(one: PromiseChange) -> str:
    return f"{one.promise.subject} {one.promise.subject_id}"


def _milestones(shown: Amendment) -> list[tuple[object, ...]]:
    return [
        (WHAT[change.what], said.clause, said.zh, *(_days(one) for one in (change.old, change.new)))
        for change in shown.milestones
        if (said := change.new or change.old)
    ]


def _days(one: Any) -> str:
    return said_days(one) if one else ""


def _plan(shown: Amendment) -> list[tuple[object, ...]]:
    return [(_flow(one), _listed(one.gone), _listed(one.added)) for one in shown.plan]


def _flow(one: PlanDifference) -> str:
    return one.flow if one.batch is None else f"{one.flow} b{one.batch}"


def _listed(days: Iterable[date]) -> str:
    def said() -> Iterator[str]:
        listed = list(days)
        yield from map(str, listed[:SHOWN_DAYS])
        if len(listed) > SHOWN_DAYS:
            yield f"… {len(listed)}"

    return " ".join(said())
