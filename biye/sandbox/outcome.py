"""How a replay ended: the account by clause, the counts that must agree, and the files to look at."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from biye.sandbox.demo_season import Replayed
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.student import Student
from rules.states import Audit
from tasks.reconciliation import Check, reconcile
from tasks.season_account import Line, season_account

_CASES, _STUDENTS = table_of(Case), table_of(Student)
WIDTH = 132  # columns where nobody looks at a screen


@dataclass(frozen=True)
class Outcome:
    """A replay's end. seconds: of the whole demo. runs: deployed runs."""

    students: int
    seconds: float
    runs: int
    lines: list[Line]
    checks: list[Check]

    @property
    def reconciled(self) -> bool:
        """Say whether all counts agree."""
        return all(check.agrees for check in self.checks) and all(line.held >= 0 for line in self.lines)

    def to_json(self) -> str:
        """Return the outcome for programs."""
        clauses = [
            {
                "id": one.clause,
                "what": one.what,
                "due": one.due,
                "done": one.done,
                "late": one.late,
                "held": one.held,
            }
            for one in self.lines
        ]
        whole = {"students": self.students, "seconds": round(self.seconds, 1), "runs": self.runs}
        return json.dumps(
            {**whole, "reconciled": self.reconciled, "clauses": clauses}, ensure_ascii=False, indent=1
        )


def outcome_of(replayed: Replayed, folder: Path, seconds: float) -> Outcome:
    """Return the outcome of a season that was replayed from a folder."""
    season, pack = replayed.pack.season, replayed.pack
    with reading() as db:
        students = int(db.scalar(select(func.count()).select_from(_STUDENTS)) or 0)
    checks = [*reconcile(season), *_expected(season, folder)]
    lines = season_account(season, pack, replayed.until)
    return Outcome(students, seconds, replayed.runs, lines, checks)


def _expected(season: str, folder: Path) -> Iterator[Check]:
    """Compare with how a synthetic season has to end; files of one's own say nothing about it."""
    path = folder / "expected.json"
    if not path.is_file():
        return
    graduates = json.loads(path.read_text(encoding="utf-8"))["graduates"]
    approved = select(_CASES.c.batch, func.count()).where(_CASES.c.audit == Audit.APPROVED.value)
    with reading() as db:
        found = dict(
            db.execute(approved.where(_CASES.c.season == season).group_by(_CASES.c.batch)).tuples().all()
        )
    for batch in sorted(set(map(int, graduates.keys() - {"never"})) | found.keys()):
        what = f"第 {batch} 批毕业人数＝预期 graduates of batch {batch} = as invented"
        yield Check(what, found.get(batch, 0), graduates.get(str(batch), 0))


def tell_outcome(outcome: Outcome, folder: Path) -> None:
    """Print the closing table, what disagrees, and where to look."""
    screen = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    screen.print(_table(outcome.lines))
    agreed = sum(check.agrees for check in outcome.checks)
    screen.print(f"核对 counts that agree: {agreed}/{len(outcome.checks)}")
    for check in outcome.checks:
        if not check.agrees:
            screen.print(f"  不符 differs: {check.what}: {check.one} ≠ {check.other}")
    said = f"{outcome.students} 名学生 students，{outcome.runs} 次运行 deployed runs"
    screen.print(f"{said}，{outcome.seconds:.0f} 秒 seconds；文件在 files in {folder}/")


def _table(lines: list[Line]) -> Table:
    headings = ("条款", "事项 what", "应办 due", "按时 done", "迟 late", "暂缓或未到期 held")
    table = Table(*headings, title="各条款办理情况 · clause by clause", title_justify="left")
    for column in table.columns[2:]:
        column.justify, column.no_wrap = "right", True
    for one in lines:
        table.add_row(one.clause, one.what, *map(str, (one.due, one.done, one.late, one.held)))
    return table
