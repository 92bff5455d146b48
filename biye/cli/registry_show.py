"""`biye registry show`: one package, its rows, and what to do about those that were rejected (T4)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.registry_list import CONTENTS, said_upload
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.registry_receipt import REMEDIES
from rules.states import Registration, chinese
from tasks.registry_rows import Answer, package_answers
from tasks.registry_view import list_registry_packages

HEADINGS = ("证书编号", "学号", "姓名", "反馈 result", "原因 reason", "现状 now", "下一步 next")
RESULTS = {"accepted": "成功 accepted", "rejected": "退回 rejected", "": "未反馈 open"}


def show(
    package: Annotated[int, typer.Argument(metavar="PACKAGE", help="注册数据包编号 · the package's id")],
    everyone: Annotated[bool, typer.Option("--all", help="全部各行 · every row, not only rejected")] = False,
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """一个注册数据包：退回各行、原因和下一步 · one package: what was rejected, why, and what to do."""
    with refusals_told():
        migrate()
        rows = package_answers(package, not everyone, asker(unmasked, by))
        (found,) = list_registry_packages(package=package)
    if as_json:
        print_json(found | {"answers": [vars(one) for one in rows]})
        return
    what = f"{CONTENTS[found['content']]} · {found['season']} 第 {found['batch']} 批 · {found['branch']}"
    typer.echo(f"注册数据包 package {package} · {what} · {said_upload(found)}")
    typer.echo(f"SHA-256 {found['archived']}")
    counts = (f"{RESULTS[name]} {found[name or 'unanswered']}" for name in ("accepted", "rejected", ""))
    typer.echo(" · ".join(counts))
    if rows:
        print_table("各行 rows" if everyone else "退回 rejected", HEADINGS, map(_cells, rows))


def _cells(one: Answer) -> tuple[str, ...]:
    known = (one.number, one.student_no, one.name, RESULTS[one.result], one.reason)
    now = Registration(one.registration)
    return (*known, f"{chinese(now)} {now}", _next(one))


def _next(one: Answer) -> str:
    if one.later is not None:
        return f"已在数据包 {one.later} 中再次上报 went again in package {one.later}"
    return " · ".join(REMEDIES[one.remedy]) if one.remedy else ""
