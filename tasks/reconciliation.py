"""Counts that must agree across a season, from the rows read to the last hand-over and the sealed log."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from models.case import Case
from models.certificate import CertificateSheet, Counter, RegistryRow
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.event import EVENTS, broken_links
from models.lot import Lot
from models.submission import Submission
from rules.states import Audit, Certificate, Custody, Registration
from rules.submission import Outcome
from tasks.registry_due import latest_row

_CASES, _SHEETS, _ROWS = table_of(Case), table_of(CertificateSheet), table_of(RegistryRow)
_PACKAGES, _LOTS = table_of(Package), table_of(Lot)
_SUBMISSIONS, _COUNTERS = table_of(Submission), table_of(Counter)


@dataclass(frozen=True)
class Check:
    """Two counts of one thing."""

    what: str
    one: int
    other: int

    @property
    def agrees(self) -> bool:
        """Say whether they are equal."""
        return self.one == self.other


def reconcile(season: str) -> list[Check]:
    """Return every pair of counts of a season; all agree in a sound one."""
    with reading() as db:
        return [*_rows(db, season), *_graduates(db, season), *_certificates(db, season), *_log(db, season)]


def _rows(db: Connection, season: str) -> Iterator[Check]:
    outcomes = sum((_SUBMISSIONS.c[outcome.value] for outcome in Outcome), start=0)
    mine = _SUBMISSIONS.c.season == season
    yield Check(
        "上报行数＝接收＋拒收＋待核＋待批次＋重复 rows read = rows by outcome",
        _number(db, func.sum(_SUBMISSIONS.c.rows_read), mine),
        _number(db, func.sum(outcomes), mine),
    )


def _graduates(db: Connection, season: str) -> Iterator[Check]:
    approved = (_CASES.c.season == season) & (_CASES.c.audit == Audit.APPROVED)
    yield Check(
        "已审批＝各分部名单之和 approved = sum of the lots",
        _number(db, func.count(), approved),
        _number(db, func.sum(_LOTS.c.cases), _LOTS.c.season == season),
    )
    numbered = (_CASES.c.season == season) & (_CASES.c.certificate != Certificate.NONE)
    answered = _CASES.c.registration.in_(set(Registration) - {Registration.NONE})
    of_season = _ROWS.c.case_id.in_(select(_CASES.c.id).where(_CASES.c.season == season))
    yield Check(
        "已导出注册者＝注册数据行 exported = registry rows",
        _number(db, func.count(), numbered & answered),
        _number(db, func.count(), of_season & latest_row()),
    )


def _certificates(db: Connection, season: str) -> Iterator[Check]:
    serials = _number(db, func.sum(_COUNTERS.c.next - 1), func.length(_COUNTERS.c.key) == 12)
    yield Check(
        "证书号连续 numbers without a gap", serials, _number(db, func.count(), _SHEETS.c.number != "")
    )
    packed = _SHEETS.c.package_id.in_(select(_PACKAGES.c.id).where(_PACKAGES.c.season == season))
    yield Check(
        "装包证书＝各包本数之和 packed = sum of the packages",
        _number(db, func.count(), packed),
        _number(db, func.sum(_PACKAGES.c.certificates), _PACKAGES.c.season == season),
    )


def _log(db: Connection, season: str) -> Iterator[Check]:
    handed = (_CASES.c.season == season) & (_CASES.c.custody == Custody.HANDED_OVER)
    ours = select("package:" + func.cast(_PACKAGES.c.id, EVENTS.c.stream.type))
    told = EVENTS.c.stream.in_(ours.where(_PACKAGES.c.season == season))
    yield Check(
        "学生已领取＝日志中的发放 handed over = hand-overs in the log",
        _number(db, func.count(), handed),
        _number(db, func.sum(EVENTS.c["count"]), told & (EVENTS.c.kind == "custody-handed-over")),
    )
    yield Check("日志链完整 log chain unbroken", len(list(broken_links(db))), 0)


def _number(db: Connection, counted: ColumnElement[int], where: ColumnElement[bool]) -> int:
    return int(db.execute(select(func.coalesce(counted, 0)).where(where)).scalar_one())
