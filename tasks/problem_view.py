"""Problems of certificates for people: whose they are, until when, and what CHSI has to correct (N5)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.database import reading, transaction
from rules.certificate_problem import FIELDS
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from tasks.unmasking import note_unmasked

_PROBLEMS = table_of(CertificateProblem)


@dataclass(frozen=True)
class ProblemSeen:
    """One problem. number, found, correct: masked unless asked for; registry: wanted, done or empty."""

    problem: int
    case_id: int
    number: str
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
    def field_zh(self) -> str:
        """Return the field as the certificate calls it."""
        return FIELDS[self.field].zh


def problems(season: str, registry: str = "", asked_by: str | None = None) -> list[ProblemSeen]:
    """Return a season's problems in the order opened. registry: only those wanted or done at CHSI.

    asked_by: unmasked for them, which is logged.
    """
    same = [_PROBLEMS.c[name] for name in ProblemSeen.__dataclass_fields__ if name in _PROBLEMS.c]
    wanted = select(_PROBLEMS.c.id.label("problem"), *same).where(_PROBLEMS.c.season == season)
    wanted = wanted.where(_PROBLEMS.c.registry == registry) if registry else wanted
    with reading() as db:
        rows = db.execute(wanted.order_by(_PROBLEMS.c.id)).mappings()
        found = [ProblemSeen(**row) for row in rows]
    if asked_by is None:
        return [ProblemSeen(**vars(one) | _masked(one)) for one in found]
    with transaction() as db:
        ids = {one.case_id for one in found}
        note_unmasked(db, f"season:{season}", "certificate problems", ids, asked_by, now_in_shanghai())
    return found


def _masked(one: ProblemSeen) -> dict[str, str]:
    hidden = {name: "*" * len(getattr(one, name)) for name in ("found", "correct")}
    return {"number": mask_id(one.number), **hidden}
