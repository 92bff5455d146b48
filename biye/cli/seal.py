"""`biye seal`: certificates that carry a partner university's seal, out and back (N2)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from tasks.policy import current_reference
from tasks.seal import let_print, return_sealed, send_for_seal
from tasks.seal_view import seal_lists, seals_waiting

app = typer.Typer(no_args_is_help=True, help="合作高校盖章 · partner universities' seals")
Target = Annotated[
    str, typer.Argument(metavar="PARTNER|LOT", help="合作高校名称或名单编号 · a partner's name or a lot's id")
]
By = Annotated[str, typer.Option("--by", help="经办人姓名 · who does it")]
OfSeason = Annotated[str, typer.Option("--season", help="毕业季，默认所有 · season, default all")]
WAITING = (
    "毕业季",
    "合作高校 partner",
    "名单 lot",
    "单位",
    "待同意打印",
    "待打印 to print",
    "待送 to send",
    "在外 away",
)
LISTS = (
    "清单",
    "毕业季",
    "合作高校 partner",
    "本数",
    "送出 sent",
    "在外 away",
    "已盖章 sealed",
    "未返回 missing",
    "破损 damaged",
)


@app.callback()
def seal() -> None:
    """合作高校盖章 · partner universities' seals (N2)."""


@app.command("list")
def list_(season: OfSeason = "", as_json: AsJson = False) -> None:
    """待盖章的证书和送盖章清单 · what waits for a seal, and the lists that went out."""
    with refusals_told():
        migrate()
        waiting, lists = seals_waiting(season), seal_lists(season)
    if as_json:
        print_json({"waiting": [vars(one) for one in waiting], "lists": lists})
        return
    if not waiting and not lists:
        typer.echo("没有须合作高校盖章的证书。No certificate waits for a partner's seal.")
    if waiting:
        rows = [tuple(vars(one).values()) for one in waiting]
        print_table(f"待盖章 waiting for the seal {len(waiting)}", WAITING, rows)
    if lists:
        counts = ("away", "sealed", "missing", "damaged")
        rows_ = [
            (
                *(one[name] for name in ("id", "season", "partner", "certificates")),
                f"{one['sent_at']:%Y-%m-%d} {one['sent_by']}",
                *(one[name] for name in counts),
            )
            for one in lists
        ]
        print_table(f"送盖章清单 lists {len(lists)}", LISTS, rows_)


@app.command()
def send(target: Target, by: By, season: OfSeason = "", at: At = None, as_json: AsJson = False) -> None:
    """送盖章：列出已打印待盖章的证书 · list what is printed and waits, and send it to the partner."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        sent = send_for_seal(target, by, when, current_reference(), season)
    if as_json:
        print_json([vars(one) for one in sent])
        return
    for one in sent:
        typer.echo(f"送盖章清单 list {one.list_id}：{one.partner} {one.certificates} 本 certificates")
        for file in one.files:
            typer.echo(f"  {file}")


@app.command("print")
def print_(target: Target, by: By, season: OfSeason = "", at: At = None, as_json: AsJson = False) -> None:
    """同意打印：政策包规定打印须等待的专业 · let certificates be printed whose printing waits."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        count = let_print(target, by, when, season)
    if as_json:
        print_json({"target": target, "let": count})
        return
    typer.echo(f"同意打印 {count} 本，下次制证时打印 · {count} certificates may be printed")


@app.command("return")
def return_(
    list_id: Annotated[int, typer.Argument(metavar="LIST", help="送盖章清单编号 · the list's id")],
    by: By,
    excepted: Annotated[
        list[str] | None, typer.Option("--except", help="仍在合作高校的证书编号 · still with the partner")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option("--missing", help="遗失的证书编号，重印 · lost, printed again")
    ] = None,
    damaged: Annotated[
        list[str] | None, typer.Option("--damaged", help="破损的证书编号，重印 · damaged, printed again")
    ] = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """盖章返回：未列出的均已盖章，可以装包 · take a list back; what is not named is sealed."""
    when = instant_option(at)
    named = {"excepted": excepted or (), "missing": missing or (), "damaged": damaged or ()}
    with refusals_told():
        migrate()
        counts = return_sealed(list_id, by, when, **named)
    if as_json:
        print_json({"list": list_id, **counts})
        return
    said = f"已盖章 sealed {counts['sealed']} · 重印 printed again {counts['missing'] + counts['damaged']}"
    typer.echo(f"清单 list {list_id}：{said} · 在外 away {counts['away']}")
