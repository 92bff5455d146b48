"""`biye registry fast-track`: the list of fast-track graduates for the admissions office (T3)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, asker
from models.database import migrate
from rules.clock import now_in_shanghai
from rules.states import Registration, chinese
from tasks.fast_track import FastTrackList, fast_track_list, fast_track_workbook
from tasks.policy import current_reference, season_pack

HEADINGS = ("单位", "分部 branch", "学号 student", "姓名 name", "专业 programme", "证书编号 number", "注册")
SHOWN = ["branch", "branch_name", "student_no", "name", "programme", "number", "registration", "registered"]


def fast_track(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="另存完整名单（含个人信息，记入日志）· workbook in full; logged"),
    ] = None,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """续读本科毕业生名单与证书编号，供招生部门 · fast-track graduates with numbers, for admissions."""
    if out and not out.parent.is_dir():
        raise typer.BadParameter(f"--out: 没有文件夹 {out.parent} / there is no such folder")
    with refusals_told():
        migrate()
        found = fast_track_list(season, season_pack(season), current_reference())
        if out:
            workbook = fast_track_workbook(found, asker(True, by) or "", now_in_shanghai())
            out.write_bytes(workbook)
    if as_json:
        print_json(_as_facts(found, out))
    else:
        _print(found, out)


def _as_facts(found: FastTrackList, out: Path | None) -> dict[str, Any]:
    rows = found.masked()[SHOWN].to_dict("records")
    file = str(out) if out else None
    return {"season": found.season, "graduates": rows, "unnumbered": found.unnumbered, "file": file}


def _print(found: FastTrackList, out: Path | None) -> None:
    rows = found.masked()
    states = [chinese(Registration(state)) for state in rows["registration"]]
    cells = rows[SHOWN[:6]].assign(state=states).itertuples(index=False, name=None)
    print_table(f"续读本科毕业生 fast track {len(rows)}", HEADINGS, cells)
    typer.echo(f"尚未编号 not numbered yet: {found.unnumbered}")
    if out:
        typer.echo(f"完整名单已写入 list in full written to {out}")
