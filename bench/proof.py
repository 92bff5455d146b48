"""The proof that a season of any size ends right: another audit agrees on a sample, and every count adds up.

The other audit knows nothing of Biye's rules: it reads the raw files line by line (raw_files, plain_audit).
"""

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.biye_side import AT, OUTCOMES
from bench.data import SEED, season_folder
from bench.figure import Figure, Row
from bench.measure import run_part
from bench.plain_audit import Person, Rules, Unmet, unmet
from bench.raw_files import Raw, RawFiles

SAMPLE = 2_000  # half of them from who failed, as far as there are so many
AGREE = Row("proof", "审核结论抽查一致", "an independent audit of a sample", 1, "higher", "of 1")
RECONCILE = Row(
    "proof-counts", "各项人数、行数相符", "rows and students counted in the files", 1, "higher", "of 1"
)
_LATEST = """
    SELECT s.student_no, d.unmet FROM graduation_case c
    JOIN student s ON s.id = c.student_id JOIN decision d ON d.id = c.decision_id ORDER BY s.student_no
"""


@dataclass
class Proof:
    """What was compared, and every difference in words (student numbers of an invented season)."""

    sampled: int = 0
    failed: int = 0  # of the sample
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)  # in the files, in Biye
    differences: list[str] = field(default_factory=list)

    @property
    def unequal(self) -> list[str]:
        """The names of counts that do not agree."""
        return [name for name, (files, biye) in self.counts.items() if files != biye]

    def figures(self) -> list[Figure]:
        """Return the shares that agree."""
        same = 1 - len(self.differences) / max(self.sampled, 1)
        return [Figure(AGREE, same), Figure(RECONCILE, 1 - len(self.unequal) / max(len(self.counts), 1))]

    def tell(self, tell: Callable[[object], None]) -> None:
        """Say what was found."""
        failed, different = f"未通过 failed {self.failed}", f"不一致 different {len(self.differences)}"
        tell(f"  抽查 sampled {self.sampled}（{failed}），{different}")
        for line in self.differences[:10]:
            tell(f"    {line}")
        for name, (files, biye) in self.counts.items():
            tell(f"  {name}: {files:,}" + ("" if files == biye else f" ≠ Biye {biye:,}"))


def figures(students: int, _turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Run a season of so many students once, and prove how it ended."""
    folder = season_folder(students)
    with TemporaryDirectory(prefix="biye-bench-") as work:
        for part in ("people", "season"):
            run_part(part, folder, Path(work) / "home")
        proof = prove(folder, Path(work) / "home")
    proof.tell(tell)
    return proof.figures()


def prove(folder: Path, home: Path, most: int = SAMPLE) -> Proof:
    """Compare an installation that decided a season (on SQLite) with the season's raw files."""
    with closing(sqlite3.connect(home / "biye.db")) as db:
        decided = {number: _codes(said) for number, said in db.execute(_LATEST)}
        sample = _sample(decided, most)
        raw = RawFiles(folder, AT).read(sample)
        proof = Proof(len(sample), sum(1 for number in sample if decided[number]))
        proof.counts = _counts(db, raw, decided)
    rules = Rules.of(folder / "reference")
    for number in sorted(sample):
        found = unmet(_person(raw, number), rules) if number in raw.audit_data else {("no audit data", "")}
        if found != decided[number]:
            proof.differences.append(f"{number}: files {sorted(found)}, Biye {sorted(decided[number])}")
    return proof


def _codes(said: str) -> set[Unmet]:
    return {(rule["code"], rule.get("module", "")) for rule in json.loads(said)}


def _sample(decided: dict[str, set[Unmet]], most: int) -> set[str]:
    drawn = random.Random(SEED)
    failed = [number for number, lacking in decided.items() if lacking]
    chosen = set(drawn.sample(failed, min(most // 2, len(failed))))
    others = [number for number in decided if number not in chosen]
    return chosen | set(drawn.sample(others, min(most - len(chosen), len(others))))


def _person(raw: Raw, number: str) -> Person:
    late = frozenset(raw.asked_late.get(number, ()))
    grades = raw.grades.get(number, [])
    return Person(raw.roster[number], raw.audit_data[number], grades, late, raw.extended.get(number, ""))


def _counts(db: sqlite3.Connection, raw: Raw, decided: dict[str, set[Unmet]]) -> dict[str, tuple[int, int]]:
    """Count rows and students, in the files and in the database."""
    outcomes = " + ".join(OUTCOMES)
    kinds = ("grade-history", "practice", "final-exam", "roster", "audit-data")
    counts = {}
    for kind in kinds:
        one = f"SELECT coalesce(sum({outcomes}), 0) FROM submission WHERE kind = ? AND state = 'judged'"
        counts[f"{kind} 行 rows = {outcomes}"] = (
            raw_rows(db, raw, kind),
            db.execute(one, (kind,)).fetchone()[0],
        )
    students, cases = (
        db.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in ("student", "graduation_case")
    )
    passed = sum(1 for lacking in decided.values() if not lacking)
    numbers = db.execute("SELECT count(DISTINCT number), count(*) FROM certificate").fetchone()
    counts["学生 students"] = (len(raw.roster), students)
    counts["上报审核者 cases"] = (len(raw.audit_data), cases)
    counts["学生 = 通过 passed + 未通过 failed + 未上报 without audit data"] = (
        len(raw.roster),
        passed + (len(decided) - passed) + (students - cases),
    )
    counts["通过 passed = 编号 numbers"] = (passed, numbers[0])
    counts["编号 numbers, each once"] = (numbers[1], numbers[0])
    return counts


def raw_rows(db: sqlite3.Connection, raw: Raw, kind: str) -> int:
    """Return the rows of a kind in the files that were not quarantined whole."""
    whole = "SELECT branch, filename FROM submission WHERE state = 'quarantined' AND kind = ?"
    refused = {f"files/{branch}/{name}" for branch, name in db.execute(whole, (kind,))}
    own = (file for file in raw.rows if Path(file).name.rsplit("-", 2)[0] == kind)
    return sum(raw.rows[file] for file in own if file not in refused)
