"""`biye registry list`: packages for CHSI, and what came back (T4)."""

from typing import Annotated

import typer

from biye.cli.answers import print_json, refusals_told
from biye.cli.tables import print_table
from models.database import migrate
from tasks.registry_view import list_registry_packages

HEADINGS = ("编号", "批次", "名单", "单位", "行数 rows", "导出 exported", "审批 approval", "上报 sent")
ANSWERS = ("成功 accepted", "退回 rejected", "未反馈 open")


def list_(
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    batch: Annotated[int | None, typer.Option(help="批次 · batch")] = None,
    unsent: Annotated[bool, typer.Option("--unsent", help="只看未上报 · only those not sent yet")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")] = False,
) -> None:
    """学历电子注册数据包：导出、上报与反馈 · packages for CHSI, sent and answered."""
    with refusals_told():
        migrate()
        found = list_registry_packages(season, batch, unsent)
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("没有注册数据包。No packages.")
        return
    rows = []
    for one in found:
        sent = f"{one['sent_at']:%Y-%m-%d %H:%M} {one['sent_by']}" if one["sent_at"] else "未上报 not sent"
        known = (one["id"], f"{one['season']} / {one['batch']}", one["lot_id"], one["branch"], one["rows"])
        state = one["approval"] or "—"
        answers = (one["accepted"], one["rejected"], one["unanswered"])
        rows.append((*known, f"{one['exported_at']:%Y-%m-%d %H:%M}", state, sent, *answers))
    print_table(f"注册数据包 packages {len(found)}", (*HEADINGS, *ANSWERS), rows)
