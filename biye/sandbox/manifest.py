"""The files of a season on disk, and who sent which of them when: `manifest.csv` beside them.

    file,kind,branch,received_at
    files/110/practice-20191129-1.csv,practice,110,2019-11-29T10:00:00+08:00

An instant without a zone is one of Asia/Shanghai.
"""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rules.clock import SHANGHAI
from rules.refusals import Reason, Refused, register
from rules.senders import check_sender
from rules.submission import KINDS
from tasks.decode import decode

NAME = "manifest.csv"
COLUMNS = ("file", "kind", "branch", "received_at")

register(
    Reason(
        "manifest-missing",
        "G1",
        "文件夹 {folder} 中没有 manifest.csv。",
        "There is no manifest.csv in {folder}.",
        "请建立 manifest.csv，列为 file,kind,branch,received_at；示例见 biye demo --write-input。",
        "Write one with the columns file,kind,branch,received_at; biye demo --write-input shows an example.",
    ),
    Reason(
        "manifest-amendment",
        "T4",
        "amendments/{file} 的文件名不是日期。",
        "amendments/{file} is not named by a day.",
        "请以生效日期命名，如 2020-01-27.yaml。",
        "Name it by the day on which it is applied, like 2020-01-27.yaml.",
    ),
    Reason(
        "manifest-columns",
        "G1",
        "manifest.csv 缺少列 {missing}。",
        "manifest.csv lacks the columns {missing}.",
        "第一行应为 file,kind,branch,received_at。",
        "Its first line must be file,kind,branch,received_at.",
    ),
    Reason(
        "manifest-empty",
        "G1",
        "manifest.csv 没有列出任何文件。",
        "manifest.csv names no file.",
        "请每个文件写一行：file,kind,branch,received_at。",
        "Write a row for each file: file,kind,branch,received_at.",
    ),
    Reason(
        "manifest-row",
        "G1",
        "manifest.csv 第 {row} 行，列 {column}：{value} 无效；允许：{allowed}。",
        "manifest.csv, row {row}, column {column}: {value} cannot be used; allowed: {allowed}.",
        "请更正该行后重试。",
        "Correct the row and try again.",
    ),
)


@dataclass(frozen=True)
class Sent:
    """One file of the season. received_at in Asia/Shanghai."""

    path: Path
    kind: str
    branch: str
    received_at: datetime


def read_manifest(folder: Path, units: Collection[str]) -> list[Sent]:
    """Return the files in the order of receipt. units: the codes that may send.

    Refused manifest-… names row, column and what is allowed; sender-… a unit that may not send a kind.
    """
    path = folder / NAME
    if not path.is_file():
        raise Refused("manifest-missing", folder=folder)
    lines = csv.DictReader(decode(path.read_bytes(), NAME).data.decode().splitlines())
    if missing := [column for column in COLUMNS if column not in (lines.fieldnames or ())]:
        raise Refused("manifest-columns", missing=", ".join(missing))
    sent = sorted(_rows(folder, lines, units), key=lambda one: one.received_at)
    if not sent:
        raise Refused("manifest-empty")
    return sent


def _rows(folder: Path, lines: "csv.DictReader[str]", units: Collection[str]) -> Iterator[Sent]:
    for number, row in enumerate(lines, start=2):
        cells = {column: (row[column] or "").strip() for column in COLUMNS}
        path = (folder / cells["file"]).resolve()
        if not (path.is_file() and path.is_relative_to(folder.resolve())):
            _refuse(number, "file", cells, f"{folder} 中的文件 a file in it")
        if cells["kind"] not in KINDS:
            _refuse(number, "kind", cells, ", ".join(KINDS))
        if cells["branch"] not in units:
            _refuse(number, "branch", cells, ", ".join(sorted(units)))
        check_sender(cells["kind"], cells["branch"], units)
        yield Sent(path, cells["kind"], cells["branch"], _instant(number, cells))


def _instant(number: int, cells: dict[str, str]) -> datetime:
    try:
        read = datetime.fromisoformat(cells["received_at"])
    except ValueError:
        _refuse(number, "received_at", cells, "2019-12-02T23:59:00+08:00")
        raise
    return read.replace(tzinfo=SHANGHAI) if read.tzinfo is None else read.astimezone(SHANGHAI)


def _refuse(number: int, column: str, cells: dict[str, str], allowed: str) -> None:
    raise Refused("manifest-row", row=number, column=column, value=cells[column] or "–", allowed=allowed)


def amendments_in(folder: Path) -> dict[date, Path]:
    """Return the files of `amendments/`, each named by the day on which it is applied: 2020-01-27.yaml."""
    found = sorted((folder / "amendments").glob("*.yaml"))
    return {_day_of(file): file for file in found}


def _day_of(file: Path) -> date:
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        raise Refused("manifest-amendment", file=file.name) from None
