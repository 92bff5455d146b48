"""The audit of one branch's cases in a batch: decide on columns, then write decisions and moves in one go.

Whatever is not approved is decided on what is known as of now. A decision that says what the one in force
says already is not written again, so a second run changes nothing.
"""

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, bindparam, select, true

from models.bulk import among, read_frame
from models.case import Case, Decision
from models.columns import table_of
from models.database import reading, transaction
from models.student import Student
from rules.audit import audit_cases
from rules.eligibility import admitted
from rules.reference import Reference
from rules.season import Pack
from rules.states import Audit
from tasks.correction import grades_in_force
from tasks.decision import still_so, write_decisions
from tasks.exemption import applications_of
from tasks.extension_reach import extended_to
from tasks.policy import current_reference, season_pack

CASES, DECISIONS, STUDENTS = table_of(Case), table_of(Decision), table_of(Student)
_UNDECIDED = (Audit.AWAITING, Audit.FAILED, Audit.PASSED)
_OF_CASE = (
    "id", "student_id", "batch", "lane", "audit", "decision_id", "conduct", "unified_exam", "remedial",
    "prior_credential", "branch_finding", "audit_received_at", "audit_submission", "audit_row",
)  # fmt: skip
_OF_PHOTO = ("applied_on", "photo_linked_on", "branch_audited_on", "photo_received_at")
_OF_STUDENT = ("programme_code", "direction", "entry_term", "status", "discipline")
CHANGES = ("first", "now_passed", "now_failed", "other_reasons", "anew", "other_place", "unchanged")
_KEY = ["order_at", "order_receipt", "order_row"]
_WAS = pd.Index(["was", "was_unmet", *(f"was_{name}" for name in _KEY), "change"], dtype=object)


def audit_lot(
    season: str, batch: int, branch: str, as_of: datetime, dry_run: bool = False, lane: str | None = None
) -> dict[str, int]:
    """Audit a branch's cases of a batch under the policy and reference data in force; safe to run again.

    Returns counts: cases, passed, failed, and what changed against the decisions in force (CHANGES).
    lane: only its cases (N4). A dry run writes nothing.
    """
    pack, reference = season_pack(season), current_reference()
    decided = decide(pack, reference, batch, branch, lane)
    if not dry_run:
        with transaction() as db:
            decided = still_so(db, decided)
            write_decisions(db, decided, pack, reference, (batch, branch), as_of)
    return _counts(decided)


def branches_to_audit(season: str) -> list[str]:
    """Return the branches that have cases which are not approved."""
    wanted = select(CASES.c.branch).where(CASES.c.season == season, CASES.c.audit.in_(_UNDECIDED))
    with reading() as db:
        return sorted(db.scalars(wanted.distinct()))


def decide(
    pack: Pack, reference: Reference, batch: int, branch: str, lane: str | None = None
) -> pd.DataFrame:
    """Return what the audit says of a branch's cases of a batch; nothing is written. lane: only its cases.

    Who failed in an earlier batch joins as soon as that finding changes: by new grades, or by the photo where
    its lack blocks (R1). Columns: those of the case, the audit's, and the decision in force: was (None: none
    yet), was_unmet; change: one of CHANGES.
    """
    with reading() as db:
        cases = _cases(db, pack, batch, branch, lane)
        grades = grades_in_force(db, branch, cases["student_id"].to_numpy(np.int64))
        if (eligibility := pack.batch(batch).eligibility) is not None:
            admits = admitted(cases, grades, eligibility, pack.audit.pass_above)
            cases = cases[admits].reset_index(drop=True)
        applications = applications_of(db, pack.season, branch)
        before = _in_force(db, cases)
    found = audit_cases(cases, grades, reference, pack, applications)
    decided = pd.concat([cases, found, before], axis=1)
    again = decided["was"].notna().to_numpy()
    if again.any():
        changes = [_change(row) for row in decided[again].itertuples(index=False)]
        decided.loc[again, "change"] = np.array(changes, dtype=object)
    joins = (cases["batch"].to_numpy() == batch) | (decided["change"].to_numpy() != "unchanged")
    return decided if joins.all() else decided[joins].reset_index(drop=True)


def difference_to_last(decided: pd.DataFrame) -> pd.DataFrame:
    """Return the cases on which a decision would change: case_id, change, gained and lost unmet rules."""
    changed = decided[decided["change"] != "unchanged"]
    rows = [
        (
            row.id,
            row.change,
            _codes(row.unmet) - _codes(row.was_unmet),
            _codes(row.was_unmet) - _codes(row.unmet),
        )
        for row in changed.itertuples(index=False)
    ]
    listed = [(case, change, sorted(gained), sorted(lost)) for case, change, gained, lost in rows]
    return pd.DataFrame(listed, columns=["case_id", "change", "gained", "lost"])


def _cases(db: Connection, pack: Pack, batch: int, branch: str, lane: str | None) -> pd.DataFrame:
    """Return the branch's unapproved cases of a batch, and of earlier ones those that may join it: failed,
    or not decided yet, because that batch does not audit their level or an approval was withdrawn.
    """
    numbers = [one.number for one in pack.open_batches]
    given = {"of_season": pack.season, "of_branch": branch, "of_batch": batch, "of_lane": lane}
    # Of a million cases each column counts: only those that this season's rules look at.
    photo = _OF_PHOTO if pack.photo_gate.mode == "block" else ()
    level = ("level",) if pack.batch(batch).eligibility else ()
    wanted = _of_branch((*_OF_CASE, *photo), (*_OF_STUDENT, *level), lane is not None)
    return read_frame(db, wanted, given | {"earlier": numbers[: numbers.index(batch)]})


@lru_cache
def _of_branch(of_case: tuple[str, ...], of_student: tuple[str, ...], one_lane: bool) -> Select[Any]:
    """Return the statement: built once, for building it takes longer than running it for a small lot."""
    columns = [*(CASES.c[name] for name in of_case), *(STUDENTS.c[name] for name in of_student)]
    earlier = CASES.c.batch.in_(bindparam("earlier", expanding=True))
    may_join = earlier & CASES.c.audit.in_((Audit.FAILED, Audit.AWAITING))
    return (
        select(*columns, extended_to(STUDENTS.c.id).label("extended_to"))
        .join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
        .where(CASES.c.season == bindparam("of_season"), CASES.c.branch == bindparam("of_branch"))
        .where(CASES.c.audit.in_(_UNDECIDED), (CASES.c.batch == bindparam("of_batch")) | may_join)
        .where(CASES.c.lane == bindparam("of_lane") if one_lane else true())
        .order_by(CASES.c.id)
    )


def _in_force(db: Connection, cases: pd.DataFrame) -> pd.DataFrame:
    """Return each case's decision in force and its place then, None where there is none: change is first."""
    known = [decision for decision in cases["decision_id"].tolist() if decision is not None]
    if not known:
        nothing = np.full((len(cases), len(_WAS)), None, dtype=object)
        nothing[:, _WAS.get_loc("change")] = "first"
        return pd.DataFrame(nothing, index=cases.index, columns=_WAS, copy=False)
    said = (DECISIONS.c.id, DECISIONS.c.passed, DECISIONS.c.unmet, *(CASES.c[name] for name in _KEY))
    decided = select(*said).join(CASES, CASES.c.id == DECISIONS.c.case_id)
    found = read_frame(db, decided.where(among(db, DECISIONS.c.id, known))).set_index("id")
    was = found.reindex(cases["decision_id"]).set_axis(cases.index).set_axis(_WAS[:-1], axis=1)
    return was.assign(change=np.full(len(was), "first", dtype=object))


def _change(row: Any) -> str:
    """Say how a decision differs from the one in force."""
    if row.passed != bool(row.was):
        return "now_passed" if row.passed else "now_failed"
    if row.unmet != row.was_unmet:
        return "other_reasons"
    if row.audit == Audit.AWAITING:  # the finding stands, the state has to follow
        return "anew"
    here = (row.order_at, row.order_receipt, row.order_row)
    there = (row.was_order_at, row.was_order_receipt, row.was_order_row)
    return "other_place" if row.passed and here != there else "unchanged"


def _codes(unmet: Any) -> set[str]:
    return {rule["code"] + rule.get("module", "") for rule in unmet} if isinstance(unmet, list) else set()


def _counts(decided: pd.DataFrame) -> dict[str, int]:
    passed = int(decided["passed"].to_numpy().sum())
    counts = {"cases": len(decided), "passed": passed, "failed": len(decided) - passed}
    changes = Counter(decided["change"].tolist())
    return counts | {change: changes[change] for change in CHANGES}
