"""`biye registry list`: packages for CHSI, and what came back (T4)."""

from typing import Annotated, Any

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.tables import print_table
from models.database import migrate
from tasks.registry_view import list_registry_packages

HEADINGS = (
    "编号",
    "批次",
    "名单",
    "单位",
    "内容",
    "行数 rows",
    "导出 exported",
    "审批 approval",
    "上报 sent",
)
ANSWERS = ("成功 accepted", "退回 rejected", "未反馈 open")

CONTENTS = {"graduates": "毕业生 graduates", "photos": "补照片 photos"}
UPLOADS = {
    "sending": "正在上报 sending",
    "unknown": "待查 unknown",
    "refused": "被拒收 refused",
}


def list_(
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    batch: Annotated[int | None, typer.Option(help="批次 · batch")] = None,
    unsent: Annotated[bool, typer.Option("--unsent", help="只看未上报 · only those not sent yet")] = False,
    as_json: AsJson = False,
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
        known = (one["id"], f"{one['season']} / {one['batch']}", one["lot_id"], one["branch"])
        what = (CONTENTS[one["content"]], one["rows"], f"{one['exported_at']:%Y-%m-%d %H:%M}")
        answers = (one["accepted"], one["rejected"], one["unanswered"])
        rows.append((*known, *what, one["approval"] or "—", said_upload(one), *answers))
    print_table(f"注册数据包 packages {len(found)}", (*HEADINGS, *ANSWERS), rows)


def said_upload(one: dict[str, Any]) -> str:
    """Return whether a package was sent, and where its upload over HTTP stands if it was not."""
    if one["sent_at"]:
        return f"{one['sent_at']:%Y-%m-%d %H:%M} {one['sent_by']}"
    return f"{UPLOADS.get(one['upload'], '未上报 not sent')} {one['upload_code'] or ''}".strip()
