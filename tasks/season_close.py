"""What stands against closing a season: unexplained gaps, and whatever waits that no gap explains (N5).

An open promise about a lot, a package or a problem is explained by the people of it who miss a step: each of
them has a cause and an owner.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import pandas as pd
from sqlalchemy import Connection, func, select

from models.certificate import RegistryPackage
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.lot import Approval, ApprovalState
from models.outbox import OUTBOX, OutboxState
from models.promise import Promise
from models.submission import RowVerdict, Submission, SubmissionState
from rules.approvals import ApprovalKind
from rules.clock import day_in_shanghai
from rules.gap_causes import UNEXPLAINED
from rules.refusals import Refused
from rules.season import Pack
from tasks.gap import people_by_branch
from tasks.held_rows import STILL_HELD
from tasks.promise_pickup import PROBLEM
from tasks.promise_season import UNIT

_APPROVALS, _PROMISES, _SUBMISSIONS = table_of(Approval), table_of(Promise), table_of(Submission)
_VERDICTS, _UPLOADS = table_of(RowVerdict), table_of(RegistryPackage)
_PROBLEMS = table_of(CertificateProblem)
_COLUMNS = ("student_id", "step", "missing", "cause", "lot_id", "package_id", "case_id")
_UNDONE = [state.value for state in (OutboxState.NEW, OutboxState.SENDING, OutboxState.UNKNOWN)]
_SAID = {  # what may be open → in Chinese and English
    "unexplained": ("原因不明 {} 人", "{} people missing for no known reason"),
    "promises": ("未办结且无说明的时限承诺 {} 项", "{} promises open and not explained by a gap"),
    "approvals": ("待审批事项 {} 项", "{} approvals waiting"),
    "uploads": ("已生成未上报的注册数据包 {} 个", "{} registry packages built and not sent"),
    "outbox": ("未办完的对外发送 {} 项", "{} effects outside not done"),
    "submissions": ("已收到未处理的上报 {} 份", "{} submissions received and not judged"),
    "held": ("待人工核实的数据行 {} 行", "{} rows held for a person"),
}


@dataclass(frozen=True)
class Closing:
    """A season as it would be closed. people: all; missing: of them explained; open: what stands against it.

    fingerprint: of who stands at which step.
    """

    season: str
    people: int
    missing: int
    open: dict[str, int]
    fingerprint: str


def closing(db: Connection, season: str, pack: Pack, as_of: datetime) -> Closing:
    """Return how a season stands before its closing; changes nothing."""
    parts = list(people_by_branch(db, season, pack, as_of))
    people = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    missing = people[people["missing"] != ""]
    waiting = {"unexplained": int((missing["cause"] == UNEXPLAINED.code).sum())}
    waiting |= _waiting(db, season, missing, day_in_shanghai(as_of))
    left = {name: count for name, count in waiting.items() if count}
    return Closing(season, len(people), len(missing), left, _fingerprint(people))


def _fingerprint(people: pd.DataFrame) -> str:
    """Return a hash of who stands at which step: another step, or another student, is another list."""
    places = people["student_id"].astype(str) + ":" + people["step"]
    return sha256(",".join(sorted(places)).encode()).hexdigest()


def _waiting(db: Connection, season: str, missing: pd.DataFrame, today: date) -> dict[str, int]:
    own = _SUBMISSIONS.c.season == season
    received = own & (_SUBMISSIONS.c.state == SubmissionState.RECEIVED.value)
    proposed = _APPROVALS.c.state == ApprovalState.PROPOSED.value
    others = proposed & (_APPROVALS.c.kind != ApprovalKind.SEASON_CLOSE.value)
    unsent = (_UPLOADS.c.season == season) & _UPLOADS.c.sent_at.is_(None)
    rows = select(func.count()).join_from(
        _VERDICTS, _SUBMISSIONS, _SUBMISSIONS.c.id == _VERDICTS.c.submission_id
    )
    counted = {
        "approvals": select(func.count()).where(_APPROVALS.c.season == season, others),
        "uploads": select(func.count()).where(unsent),
        "outbox": select(func.count()).where(OUTBOX.c.season == season, OUTBOX.c.state.in_(_UNDONE)),
        "submissions": select(func.count()).where(received),
        "held": rows.where(own, STILL_HELD),
    }
    found = {name: int(db.scalar(wanted) or 0) for name, wanted in counted.items()}
    return {"promises": _unexplained_promises(db, season, missing, today), **found}


def _unexplained_promises(db: Connection, season: str, missing: pd.DataFrame, today: date) -> int:
    columns = (_PROMISES.c.subject, _PROMISES.c.subject_id)
    running = (_PROMISES.c.season == season, _PROMISES.c.done_on.is_(None))
    # A list that a unit did not send by its day can come no more: it is late, and its unit is named (N8).
    missed = (_PROMISES.c.subject == UNIT) & (_PROMISES.c.due_on < today)
    wanted = select(*columns).where(*running, ~missed)
    explained = {
        subject: set(missing[f"{subject}_id"].dropna().astype(int)) for subject in ("lot", "package", "case")
    }
    cases = select(_PROBLEMS.c.id, _PROBLEMS.c.case_id).where(_PROBLEMS.c.season == season)
    explained[PROBLEM] = {row.id for row in db.execute(cases) if row.case_id in explained["case"]}
    return sum(row.subject_id not in explained.get(row.subject, set()) for row in db.execute(wanted))


def refuse_open(found: Closing) -> None:
    """Refuse to close a season over what is open (close-open names it with counts)."""
    if found.open:
        words = [_SAID[name] for name in found.open]
        told = zip(words, found.open.values(), strict=True)
        zh, en = zip(*((zh.format(count), en.format(count)) for (zh, en), count in told), strict=True)
        raise Refused("close-open", season=found.season, open="，".join(zh), open_en=", ".join(en))
