"""Open problems and findings beside the people of a gap check: the first of each, with its owner (N5, R2)."""

import pandas as pd
from sqlalchemy import Connection, Select, select

from models.bulk import among, read_frame
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.package_check import CheckFinding
from rules.package_check import FindingState
from tasks.problem_settling import UNSETTLED

_PROBLEMS, _FINDINGS = table_of(CertificateProblem), table_of(CheckFinding)


def with_open(db: Connection, people: pd.DataFrame) -> pd.DataFrame:
    """Return people (case_id) with problem, finding ("" without one), and the owner and since of each."""
    cases = people["case_id"].dropna().astype(int).tolist()
    problems = read_frame(db, _problems().where(among(db, _PROBLEMS.c.case_id, cases)))
    findings = read_frame(db, _findings().where(among(db, _FINDINGS.c.case_id, cases)))
    return _beside(_beside(people, problems, "problem"), findings, "finding")


def _problems() -> Select[tuple[object, ...]]:
    what = (_PROBLEMS.c.about + "/" + _PROBLEMS.c.field).label("what")
    columns = (_PROBLEMS.c.case_id, what, _PROBLEMS.c.owner, _PROBLEMS.c.opened_at.label("since"))
    return select(*columns).where(_PROBLEMS.c.state.in_(UNSETTLED)).order_by(_PROBLEMS.c.id)


def _findings() -> Select[tuple[object, ...]]:
    columns = (_FINDINGS.c.case_id, _FINDINGS.c.kind.label("what"), _FINDINGS.c.owner, _FINDINGS.c.since)
    still = _FINDINGS.c.state == FindingState.OPEN.value
    return select(*columns).where(still).order_by(_FINDINGS.c.id)


def _beside(people: pd.DataFrame, found: pd.DataFrame, name: str) -> pd.DataFrame:
    first = found.drop_duplicates("case_id").set_index("case_id")
    joined = first.reindex(people["case_id"]).set_axis(people.index)
    joined = joined.set_axis([name, f"{name}_owner", f"{name}_since"], axis=1)
    return people.join(joined.fillna({name: "", f"{name}_owner": ""}))
