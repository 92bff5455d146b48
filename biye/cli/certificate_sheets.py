"""`biye certificate spoil`, `ledger`, `void`, `statement`: sheets that count no longer (N5)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.sheets import CHINESE, SpoilReason
from tasks.certificate_named import season_of
from tasks.certificate_void import propose_void
from tasks.certified_statement import issue_statement
from tasks.ledger import ledger as read_ledger
from tasks.policy import current_reference, season_pack
from tasks.spoil import spoil as spoil_sheet

Named = Annotated[
    str,
    typer.Argument(metavar="NUMBER|STUDENT_NO", help="证书编号或学号 · certificate or student number"),
]
By = Annotated[str, typer.Option("--by", help="经办人姓名 · who does it")]
OfSeason = Annotated[
    str, typer.Option("--season", help="毕业季，默认该生最近一季 · default: the student's latest")
]
HEADINGS = (
    *("序号", "证书编号 number", "学号 student", "姓名", "单位", "第几张 sheet", "纸号 paper"),
    *("原因 reason", "当时位置 place", "登记 entered", "经办 by", "重印 printed again"),
)


def spoil(
    named: Named,
    reason: Annotated[SpoilReason, typer.Option(help="原因 · why: misprint, damaged, lost")],
    by: By,
    sheet_no: Annotated[str, typer.Option("--sheet-no", help="证芯纸号 · serial of the paper")] = "",
    season: OfSeason = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记作废证芯，下次制证以同一编号重印 · spoil a sheet; it is printed again under the same number."""
    if reason is SpoilReason.VOIDED:
        raise typer.BadParameter("作废编号用 biye certificate void / to void a number use certificate void")
    when = instant_option(at)
    with refusals_told():
        migrate()
        done = spoil_sheet(named, reason, by, when, season=season, sheet_no=sheet_no)
    if as_json:
        print_json(vars(done))
        return
    typer.echo(
        f"已登记作废：证书 {done.number} 第 {done.sheet} 张（{CHINESE[reason]}），下次制证以同一编号重印。"
    )
    typer.echo(f"Spoiled: sheet {done.sheet} of {done.number} ({reason}); it is printed again.")


def ledger(
    season: Annotated[str, typer.Argument(help="毕业季 · season")],
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """作废台账 · the ledger of spoiled sheets."""
    with refusals_told():
        migrate()
        found = read_ledger(season, asker(unmasked, by))
    if as_json:
        print_json([vars(one) for one in found])
        return
    if not found:
        typer.echo("没有作废的证芯。No spoiled sheets.")
        return
    rows = [
        (
            *(one.entry, one.number, one.student_no, one.name, one.branch, one.sheet, one.sheet_no),
            *(f"{one.chinese} {one.reason}", f"{one.place} {one.holder}"),
            *(f"{one.spoiled_at:%Y-%m-%d %H:%M}", one.by, "是 yes" if one.printed_again else "否 no"),
        )
        for one in found
    ]
    print_table(f"作废台账 spoiled sheets {len(found)}", HEADINGS, rows)


def void(
    named: Named,
    reason: Annotated[str, typer.Option(help="作废理由 · why")],
    by: By,
    cancelled: Annotated[
        str, typer.Option("--registration-cancelled", help="学信网注销文号 · CHSI's document")
    ] = "",
    season: OfSeason = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """提出作废编号，注册有效时不准，须第二人审批 · propose to void a number; a second person approves."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        approval = propose_void(named, reason, by, when, cancelled=cancelled, season=season)
    if as_json:
        print_json({"approval": approval})
    else:
        typer.echo(f"已提出作废，待审批 waits for approval → biye approval approve {approval} --by 姓名")


def statement(
    named: Named,
    by: By,
    reason: Annotated[SpoilReason, typer.Option(help="原因：遗失或破损 · why: lost or damaged")] = (
        SpoilReason.LOST
    ),
    season: OfSeason = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """出具毕业证明书：领取后遗失的证书 · a certified statement for a certificate lost after hand-over."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        pack = season_pack(season or season_of(named))
        made = issue_statement(named, reason, by, when, pack, current_reference())
    if as_json:
        print_json(vars(made))
        return
    typer.echo(f"毕业证明书 {made.entry} statement · 证书 {made.number} · {made.issued_at:%Y-%m-%d}")
    typer.echo(f"  {made.file}")
