"""How a replay ended: the account by clause, and the counts that must agree."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from biye.sandbox.demo_season import Replayed
from biye.sandbox.expected import ExpectedException
from biye.sandbox.look_up import Looked, look_up
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.student import Student
from rules.states import Audit
from tasks.account_line import Line
from tasks.reconciliation import Check, reconcile
from tasks.season_account import season_account

_CASES, _STUDENTS = table_of(Case), table_of(Student)


@dataclass(frozen=True)
class Outcome:
    """A replay's end. seconds: of the whole demo. runs: deployed runs. exceptions: each with an example."""

    students: int
    seconds: float
    runs: int
    lines: list[Line]
    checks: list[Check]
    exceptions: list[Looked]

    @property
    def reconciled(self) -> bool:
        """Say whether all counts agree."""
        return all(check.agrees for check in self.checks) and all(line.held >= 0 for line in self.lines)

    def to_json(self) -> str:
        """Return the outcome for programs."""
        clauses = [line.facts for line in self.lines]
        whole = {"students": self.students, "seconds": round(self.seconds, 1), "runs": self.runs}
        return json.dumps(
            {
                **whole,
                "reconciled": self.reconciled,
                "clauses": clauses,
                "exceptions": [asdict(one) for one in self.exceptions],
            },
            ensure_ascii=False,
            indent=1,
        )


def outcome_of(replayed: Replayed, folder: Path, seconds: float) -> Outcome:
    """Return the outcome of a season that was replayed from a folder."""
    season, pack = replayed.pack.season, replayed.pack
    with reading() as db:
        students = int(db.scalar(select(func.count()).select_from(_STUDENTS)) or 0)
    checks = [*reconcile(season), *_expected(season, folder)]
    lines = season_account(season, pack, replayed.until)
    looked = look_up(season, [*_invented(folder), *replayed.happened])
    return Outcome(students, seconds, replayed.runs, lines, checks, looked)


def _invented(folder: Path) -> list[ExpectedException]:
    """Return what a synthetic season has out of the ordinary; files of one's own say nothing about it."""
    path = folder / "expected.json"
    found: list[ExpectedException] = (
        json.loads(path.read_text(encoding="utf-8"))["exceptions"] if path.is_file() else []
    )
    return found


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
