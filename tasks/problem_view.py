"""Problems of certificates for people: whose they are, until when, and what CHSI has to correct (N5)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select

from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.database import reading, transaction
from rules.certificate_problem import ABOUT_ZH, FIELDS
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from tasks.promise_pickup import due_days
from tasks.unmasking import note_unmasked

_PROBLEMS = table_of(CertificateProblem)


@dataclass(frozen=True)
class ProblemSeen:
    """One problem. number, found, correct: masked unless asked for; registry: wanted, done or empty."""

    problem: int
    case_id: int
    number: str
    about: str
    field: str
    found: str
    correct: str
    found_by: str
    owner: str
    state: str
    opened_at: datetime
    due_on: date | None
    evidence: str | None
    settled_at: datetime | None
    registry: str
    registry_document: str

    @property
    def about_zh(self) -> str:
        """Return what is wrong, sheet or record, in Chinese."""
        return ABOUT_ZH[self.about]

    @property
    def field_zh(self) -> str:
        """Return the field as the certificate calls it."""
        return FIELDS[self.field].zh


def problems(season: str, registry: str = "", asked_by: str | None = None) -> list[ProblemSeen]:
    """Return a season's problems in the order opened. registry: only those wanted or done at CHSI.

    asked_by: unmasked for them, which is logged.
    """
    mine = _PROBLEMS.c.season == season
    with reading() as db:
        found = _read(db, mine & (_PROBLEMS.c.registry == registry) if registry else mine)
    if asked_by is None:
        return [ProblemSeen(**vars(one) | _masked(one)) for one in found]
    with transaction() as db:
        ids = {one.case_id for one in found}
        note_unmasked(db, f"season:{season}", "certificate problems", ids, asked_by, now_in_shanghai())
    return found


def case_problems(db: Connection, case_id: int) -> list[ProblemSeen]:
    """Return the problems of one case, masked."""
    found = _read(db, _PROBLEMS.c.case_id == case_id)
    return [ProblemSeen(**vars(one) | _masked(one)) for one in found]


def _read(db: Connection, where: ColumnElement[bool]) -> list[ProblemSeen]:
    due = due_days()
    same = [_PROBLEMS.c[name] for name in ProblemSeen.__dataclass_fields__ if name in _PROBLEMS.c]
    wanted = select(_PROBLEMS.c.id.label("problem"), *same, due.c.due_on)
    joined = wanted.join_from(_PROBLEMS, due, due.c.problem_id == _PROBLEMS.c.id, isouter=True)
    return [ProblemSeen(**row) for row in db.execute(joined.where(where).order_by(_PROBLEMS.c.id)).mappings()]


def _masked(one: ProblemSeen) -> dict[str, str]:
    hidden = {name: "*" * len(getattr(one, name)) for name in ("found", "correct")}
    return {"number": mask_id(one.number), **hidden}
