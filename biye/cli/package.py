"""`biye package`: scan labels of certificate packages and see where packages are (N9)."""

import getpass
from typing import Annotated, Any

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.events import said_event
from biye.cli.instants import At, instant_option
from biye.cli.package_check import check, findings, found, returned
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.custody import DIRECTIONS_CHINESE, OUTCOMES_CHINESE, Place, Tree
from rules.custody_sentences import chinese_place
from rules.package_check import CHINESE as FOUND
from rules.package_check import STATES_CHINESE
from rules.states import Custody, chinese
from rules.tracking import CHINESE as TRACKED
from tasks.custody import scan as record_scan
from tasks.custody import sign as sign_list
from tasks.package_contents import package_contents
from tasks.package_view import list_packages, show_package
from tasks.policy import current_reference, season_pack

app = typer.Typer(no_args_is_help=True, help="证书包 · packages")
for command in (check, found, returned, findings):
    app.command()(command)
Code = Annotated[str, typer.Argument(help="标签上的编号或二维码链接 · code or link on the label")]
HEADINGS = (
    *("编号 code", "批次", "学习中心", "本数", "位置 place"),
    *("保管 holder", "待接收 expected", "自 since"),
)


@app.callback()
def package() -> None:
    """证书包 · packages."""


@app.command()
def scan(
    code: Code,
    by: Annotated[str, typer.Option(help="扫描单位代码 · the unit that scans")],
    out: Annotated[bool, typer.Option("--out", help="发往下一站 · sent on; without it: arrived")] = False,
    at: At = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """扫描证书包 · confirm that a package came in, or with --out that it goes on."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        result = record_scan(code, by, out, when, actor or getpass.getuser(), current_reference())
    if as_json:
        print_json(vars(result))
        return
    typer.echo(result.sentence)
    typer.echo(result.sentence_en)


@app.command()
def sign(
    codes: Annotated[list[str], typer.Argument(metavar="CODE…", help="签收表上的编号 · codes on the list")],
    by: Annotated[str, typer.Option(help="签收单位代码 · the unit that signed")],
    at: At = None,
    actor: Annotated[str | None, typer.Option(help="签收人，默认登录名 · who signed")] = None,
    as_json: AsJson = False,
) -> None:
    """纸质签收登记 · enter a signed paper list: these packages came in."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        reference = current_reference()
        season = show_package(codes[0])["season"]
        signed = sign_list(codes, by, when, actor or getpass.getuser(), reference, season_pack(season))
    if as_json:
        print_json([vars(one) for one in signed])
        return
    for one in signed:
        typer.echo(one.sentence)
        typer.echo(one.sentence_en)


@app.command()
def show(
    code: Code,
    certificates: Annotated[
        bool, typer.Option("--certificates", help="逐本列出证书 · list its certificates")
    ] = False,
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """查看证书包 · where a package is, and its history."""
    with refusals_told():
        migrate()
        found = show_package(code)
        listed = certificates or unmasked
        inside = package_contents(code, asker(unmasked, by)) if listed else []
        if as_json:
            print_json(found | ({"contents": [vars(one) for one in inside]} if listed else {}))
            return
        tree = current_reference().tree
    _print_package(found, tree)
    for one in inside:
        place = chinese(Custody(one.custody))
        typer.echo(f"  证书 {one.number} · 学号 {one.student_no} · {one.name} · {place} {one.custody}")


@app.command("list")
def list_all(
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    holder: Annotated[str, typer.Option(help="保管单位代码 · the unit that holds it")] = "",
    custody: Annotated[Custody | None, typer.Option(help="保管状态 · state of custody")] = None,
    batch: Annotated[int | None, typer.Option(help="批次 · batch")] = None,
    as_json: AsJson = False,
) -> None:
    """列出证书包 · list packages and who holds them."""
    migrate()
    found = list_packages(season, holder, custody.value if custody else "", batch)
    if as_json:
        print_json(found)
        return
    if found:
        print_table(f"证书包 packages {len(found)}", HEADINGS, map(_cells, found))
    else:
        typer.echo("没有这样的证书包。No such packages.")


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    known = (one["code"], f"{one['season']} / {one['batch']}", one["centre"], str(one["certificates"]))
    place = chinese(Custody(one["custody"]))
    return (*known, place, one["holder"], one["expected"] or "", f"{one['held_since']:%Y-%m-%d %H:%M}")


def _print_package(found: dict[str, Any], tree: Tree) -> None:
    place = Place(Custody(found["custody"]), found["holder"], found["expected"])
    typer.echo(f"证书包 package {found['code']} · {found['season']} 第 {found['batch']} 批")
    typer.echo(
        f"  {chinese_place(place, tree)}（{found['custody']}，{found['held_since']:%Y-%m-%d %H:%M} 起）"
    )
    typer.echo("  路线 route " + " → ".join(map(tree.said, tree.route(found["centre"]))))
    places = "，".join(f"{chinese(Custody(name))} {count}" for name, count in found["places"].items())
    typer.echo(f"  证书 {found['certificates']} 本 certificates：{places}")
    for one in found["events"]:
        what = f"{said_event(one['kind'])} × {one['count']}"
        typer.echo(f"  {one['occurred_at']:%Y-%m-%d %H:%M} {what} · {one['actor']}")
    for one in found["scans"]:
        said = f"{DIRECTIONS_CHINESE[one['direction']]} · {OUTCOMES_CHINESE[one['outcome']]}"
        how = TRACKED[one["tracking"]]
        typer.echo(f"  {one['occurred_at']:%Y-%m-%d %H:%M} {how} {one['organisation']} · {said}")
    for one in found["checks"]:
        counts = f"应有 expected {one['expected']} 实有 found {one['found']}"
        typer.echo(f"  {one['checked_at']:%Y-%m-%d %H:%M} 核对 checked {one['organisation']} · {counts}")
    for one in found["findings"]:
        said = f"{FOUND[one['kind']]} {one['kind']} · {STATES_CHINESE[one['state']]} {one['state']}"
        typer.echo(f"    证书 {one['number']} {said} · 责任 owner {one['owner']}")
