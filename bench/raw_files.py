"""A season's files read the slow and obvious way: row by row, in plain Python, and nothing of Biye's intake.

What the notice and the table of bad input say is written down once more here, for the January 2020 season.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.data import manifest

EXEMPTIONS_END, FAST_TRACK_ENDS = "2019-12-10", "2020-03-09"  # R3, T3: the last days
_DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅⸱．", "·"))
_DATE = re.compile(r"[12][0-9]{3}(-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4})")
Cells = dict[str, str]
Grade = tuple[str, str, int, int, bool]  # course, exam, attempt, score, exempted
_Key = tuple[str, str, int]


@dataclass
class Raw:
    """What the files say. Rows of known students by student number; rows: of each file by its path."""

    roster: dict[str, Cells] = field(default_factory=dict)
    audit_data: dict[str, Cells] = field(default_factory=dict)
    grades: defaultdict[str, list[Grade]] = field(default_factory=lambda: defaultdict(list))
    asked_late: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    extended: dict[str, str] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)


class RawFiles:
    """The files of a season's folder that came until an instant, those sent twice once."""

    def __init__(self, folder: Path, until: datetime) -> None:
        """until: with a time zone."""
        self._folder = folder
        came = [row for row in manifest(folder) if datetime.fromisoformat(row["received_at"]) <= until]
        self._files = sorted(came, key=lambda row: row["received_at"])
        self._courses = {row["课程ID"]: row["模块"] for row in _reference(folder, "courses.csv")}
        self._scores = {row["代码"]: int(row["分数"]) for row in _reference(folder, "score-codes.csv")}

    def read(self, sample: Set[str]) -> Raw:
        """Return what the files say: of everybody roster and audit data, of a sample the grades, too."""
        raw = Raw()
        seen: set[tuple[str, str, bytes]] = set()
        for row in sorted(self._files, key=lambda row: row["kind"] != "roster"):
            data = (self._folder / row["file"]).read_bytes()
            bytes_of = (row["branch"], row["kind"], hashlib.sha256(data).digest())
            if bytes_of in seen:  # sent twice
                continue
            seen.add(bytes_of)
            if (reader := _READERS.get(row["kind"])) and not data.startswith(b"PK"):
                reader(self, raw, row, _text(data), sample)
        return raw

    def _roster(self, raw: Raw, sent: Cells, text: str, sample: Set[str]) -> None:
        for cells in _rows(text, raw, sent):
            kept = (
                cells
                if cells["学号"] in sample
                else {name: cells[name] for name in ("姓名", "证件号", "层次")}
            )
            raw.roster[cells["学号"]] = kept

    def _audit_data(self, raw: Raw, sent: Cells, text: str, _sample: Set[str]) -> None:
        rows = list(_rows(text, raw, sent))
        fast = sent["kind"] == "audit-data-fast-track"
        going_on = [cells["专升本"] == "是" for cells in rows]
        if fast and (sent["received_at"][:10] > FAST_TRACK_ENDS or not all(going_on)):
            return  # T3: refused whole
        if not fast and any(going_on) and not all(going_on) and sent["received_at"][:10] <= FAST_TRACK_ENDS:
            return
        good = [cells for cells in rows if self._is_plausible(raw, sent, cells, fast)]
        said = defaultdict(set)
        for cells in good:
            said[cells["学号"]].add(tuple(cells[name] for name in cells if name != "序号"))
        for cells in good:
            if len(said[cells["学号"]]) == 1:  # else they contradict each other and wait for a person
                raw.audit_data[cells["学号"]] = cells

    def _is_plausible(self, raw: Raw, sent: Cells, cells: Cells, fast: bool) -> bool:
        person = raw.roster.get(cells["学号"])
        if person is None or _unit(cells) != sent["branch"] or (fast and person["层次"] != "专科"):
            return False
        same = cells["姓名"] == person["姓名"] and cells["证件号"].upper() == person["证件号"].upper()
        return same and all(_DATE.fullmatch(cells[name]) for name in ("申请日期", "审核日期"))

    def _exemptions(self, raw: Raw, sent: Cells, text: str, sample: Set[str]) -> None:
        for cells in _rows(text, raw, sent):
            course = cells["课程ID"].zfill(5)
            known = _unit(cells) == sent["branch"] and self._courses.get(course, "06") != "06"
            if known and cells["学号"] in sample and sent["received_at"][:10] > EXEMPTIONS_END:
                raw.asked_late[cells["学号"]].add(course)

    def _extensions(self, raw: Raw, sent: Cells, text: str, _sample: Set[str]) -> None:
        for cells in _rows(text, raw, sent):
            raw.extended[cells["学号"]] = max(cells["延期至"], raw.extended.get(cells["学号"], ""))

    def _score_sheet(self, raw: Raw, sent: Cells, text: str, sample: Set[str]) -> None:
        lines = csv.reader(io.StringIO(text))
        heading = next(lines)
        at, written, number = heading.index("学号"), "", ""
        found: defaultdict[str, dict[_Key, list[Grade]]] = defaultdict(dict)
        for line in lines:
            raw.rows[sent["file"]] += 1
            if line[at] != written:  # a student's rows stand together
                written, number = line[at], _number(line[at])
            if number in sample:
                cells = {name: _clean(cell) for name, cell in zip(heading, line, strict=True)}
                grade = self._grade(cells, sent)
                if grade and number[2:5] == sent["branch"]:
                    found[number].setdefault(grade[:3], []).append(grade)
        for number, by_key in found.items():
            _add_new(raw.grades[number], by_key)

    def _grade(self, cells: Cells, sent: Cells) -> Grade | None:
        """Return a grade, None where a cell says nothing that can be accepted."""
        course, code, attempt = cells["课程ID"].zfill(5), cells["综合成绩代码"], cells["考试次数"]
        score = 100 if code == "100" else self._scores.get(code, self._scores.get(code.zfill(2), -1))
        module = self._courses.get(course)
        if module is None or (sent["kind"] == "practice" and module != "06"):
            return None
        if score < 0 or not attempt.isdigit() or int(attempt) < 1 or not cells["考试代码"]:
            return None
        return course, cells["考试代码"], int(attempt), score, cells["考试类别代码"] == "90"


def _add_new(known: list[Grade], by_key: dict[_Key, list[Grade]]) -> None:
    """Add what a file brings: no contradiction in itself, and nothing that was said before.

    Another score of an exam that is known is a correction: it waits for a second person.
    """
    before = {grade[:3] for grade in known}
    for key, grades in by_key.items():
        if len({grade[3] for grade in grades}) == 1 and key not in before:
            known.append(grades[0])


_READERS = {
    "roster": RawFiles._roster,
    "audit-data": RawFiles._audit_data,
    "audit-data-fast-track": RawFiles._audit_data,
    "exemption": RawFiles._exemptions,
    "extension-history": RawFiles._extensions,
    **dict.fromkeys(("grade-history", "practice", "final-exam"), RawFiles._score_sheet),
}


def _rows(text: str, raw: Raw, sent: Cells) -> Iterator[Cells]:
    for row in csv.DictReader(io.StringIO(text, newline="")):
        raw.rows[sent["file"]] += 1
        cells = {name: _clean(cell) for name, cell in row.items()}
        yield cells | {"学号": _number(cells["学号"])}


def _reference(folder: Path, name: str) -> list[Cells]:
    with (folder / "reference" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _clean(cell: str) -> str:
    """Return a cell without line breaks, outer spaces, full-width characters and other dots in names."""
    if cell.isascii() and cell.isalnum():
        return cell
    plain = unicodedata.normalize("NFKC", cell.translate(_DOTS).replace("\r", "").replace("\n", "")).strip()
    return plain[:-2] if plain[:-2].isdigit() and plain.endswith(".0") else plain


def _number(cell: str) -> str:
    """Return a student number, a leading zero that a spreadsheet took put back."""
    number = _clean(cell)
    return "0" + number if len(number) == 12 and number.isdigit() else number


def _unit(cells: Cells) -> str:
    """Return whose student it is: the number says so."""
    return cells["学号"][2:5]
