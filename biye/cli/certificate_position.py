"""`biye certificate position`: why a certificate has its place (N3)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.certificate_sheets import OfSeason
from models.database import migrate
from rules.submission import KINDS
from tasks.case_position import Key, Position, position_at, position_of
from tasks.seasons import season_meant


def position(
    named: Annotated[
        str,
        typer.Argument(metavar="[NUMBER|STUDENT_NO]", help="证书编号或学号 · certificate or student number"),
    ] = "",
    place: Annotated[
        int | None, typer.Option("--position", help="本批第几号 · the nth number of the batch")
    ] = None,
    season: OfSeason = "",
    batch: Annotated[int, typer.Option(help="批次，与 --position 同用 · batch, with --position")] = 1,
    as_json: AsJson = False,
) -> None:
    """排队位置及其原因：为什么是第几位 · why a certificate has its place in the order of arrival."""
    if bool(named) == (place is not None):
        raise typer.BadParameter("写学号或编号，或 --position / a number, or --position")
    with refusals_told():
        migrate()
        found = (
            position_of(named, season) if place is None else position_at(season_meant(season), batch, place)
        )
    if as_json:
        print_json(asdict(found))
        return
    for line in _page(found):
        typer.echo(line)


def _page(found: Position) -> Iterator[str]:
    place = found.place
    who = f"学号 {found.student_no} · 证书 {found.number or '未编号 no number'}"
    yield f"{found.season} 第 {found.batch} 批 · {who}"
    numbered = (
        f"，证书编号第 {found.number_place} · number {found.number_place}" if found.number_place else ""
    )
    yield f"  按数据到达先后第 {place.rank}/{place.of} · {place.rank} of {place.of} by arrival{numbered}"
    yield f"  决定次序 made by：{_said(Key(place.at, place.receipt, place.row, place.kind, ''))}"
    yield f"  审核数据 audit data：{_said(found.audit)}"
    if place.receipt == found.audit.receipt:
        yield "  所需成绩在此之前均已收到 · every grade needed had come before"
    else:
        yield f"  最后一门所需成绩 last grade needed：回执 {place.receipt:06d}，{place.at:%Y-%m-%d %H:%M:%S}"
    yield f"  前一位 before：{_said(found.before)}"
    yield f"  后一位 after：{_said(found.after)}"
    branches = "，".join(f"{branch} {count}" for branch, count in found.ahead.items())
    yield f"  在前 {place.rank - 1} 人 ahead by branch：{branches or '无 none'}"
    for one in found.overtaken_by:
        said = f"审批 approval {one.approval} {one.approved_by}" if one.approval else "未见审批 no approval"
        yield f"  加急先办 urgent before it：{one.branch} 名单 lot {one.lot} {one.cases} 人（{said}，N4）"


def _said(key: Key | None) -> str:
    if key is None:
        return "无 none"
    kind = KINDS[key.kind].zh if key.kind in KINDS else key.kind
    branch = f" {key.branch}" if key.branch else ""
    return f"{key.at:%Y-%m-%d %H:%M:%S} {kind} 回执 receipt {key.receipt:06d} 第 {key.row} 行 row{branch}"
