"""Give a certificate to its student at the study centre (N5, N7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package
from models.database import reading, transaction
from models.student import Student
from rules.bearer import Shown, check_shown
from rules.confirmation import CHINESE as RECORD_ZH
from rules.confirmation import RecordCheck
from rules.hand_over import Standing, check_hand_over, check_place
from rules.holds import CHINESE
from rules.identity import mask_id
from rules.reference import HQ
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Custody, Registration
from tasks.confirmation import keep_hand_over
from tasks.problem_opening import note_problem
from tasks.promise import settle
from tasks.repack import note_emptied
from tasks.track import move

CASE, HOLD, STUDENT = table_of(Case), table_of(Hold), table_of(Student)
CERTIFICATE, PACKAGE = table_of(CertificateSheet), table_of(Package)
CONFIRMATION = table_of(Confirmation)


@dataclass(frozen=True)
class HandOver:
    """One hand-over, done now or before. student_no is masked."""

    case_id: int
    student_no: str
    season: str
    centre: str
    handed_over_at: datetime
    repeated: bool
    record: RecordCheck
    sentence: str
    sentence_en: str


def hand_over(
    student_no: str,
    centre: str,
    at: datetime,
    actor: str,
    pack: Pack,
    *,
    record_later: bool = False,
    shown: Shown = Shown(),
) -> HandOver:
    """Record that a study centre gave a student the certificate of the pack's season, and found it right.

    Needs the certificate at this centre, no hold on hand-over, an accepted registration and the issue date
    reached; Refused N5-… otherwise. A repeat by the same centre changes nothing and says so. The record is
    confirmed, too, if it is public; record_later: the student looks at it later all the same. shown: who
    fetched it, and what that person showed.
    """
    check_shown(shown)
    with transaction() as db:
        case = _find(db, student_no, pack.season)
        standing = _standing(db, case, mask_id(student_no))
        fresh = check_hand_over(standing, centre, at, pack.issue_date)
        check = case.record
        if fresh:
            _give(db, case, at, actor, shown)
            check = keep_hand_over(db, case, centre, at, actor, pack, later=record_later)
            settle(db, "in-hand", "case", [case.id], at, pack)
    check = RecordCheck(check or RecordCheck.DEFERRED)
    return _said(case, standing, centre, at if fresh else case.handed_over_at, fresh, check)


def refuse_certificate(
    student_no: str, fields: Iterable[str], found: str, centre: str, at: datetime, actor: str, pack: Pack
) -> list[int]:
    """Note what a student found wrong at pick-up, a problem a field; the certificate is not handed over.

    Returns the problems' ids. Raises Refused N5-no-case, N5-not-here, N5-handed-over, N5-problem-field.
    """
    with transaction() as db:
        case = _find(db, student_no, pack.season)
        check_place(_standing(db, case, mask_id(student_no)), centre, at)
        return [note_problem(db, case, field, found, centre, at, actor, pack) for field in fields]


def latest_season(student_no: str) -> str:
    """Return the latest season in which a student has a case; Refused N5-no-case."""
    wanted = select(CASE.c.season).join(STUDENT).where(STUDENT.c.student_no == student_no)
    with reading() as db:
        season = db.scalar(wanted.order_by(CASE.c.season.desc()).limit(1))
    if season is None:
        raise Refused("N5-no-case", student_no=mask_id(student_no), season="")
    return str(season)


def _find(db: Connection, student_no: str, season: str) -> Row[Any]:
    wanted = (
        select(CASE, PACKAGE.c.id.label("package_id"), PACKAGE.c.holder, PACKAGE.c.held_since)
        .add_columns(CERTIFICATE.c.number, CONFIRMATION.c.record)
        .join(STUDENT, STUDENT.c.id == CASE.c.student_id)
        .outerjoin(CERTIFICATE, CERTIFICATE.c.case_id == CASE.c.id)
        .outerjoin(PACKAGE, PACKAGE.c.id == CERTIFICATE.c.package_id)
        .outerjoin(CONFIRMATION, CONFIRMATION.c.case_id == CASE.c.id)
        .where(STUDENT.c.student_no == student_no, CASE.c.season == season)
    )
    found = db.execute(wanted.with_for_update(of=CASE)).one_or_none()
    if found is None:
        raise Refused("N5-no-case", student_no=mask_id(student_no), season=f" {season} ")
    return found


def _standing(db: Connection, case: Row[Any], masked: str) -> Standing:
    open_holds = (HOLD.c.case_id == case.id, HOLD.c.track == "hand-over", HOLD.c.released_at.is_(None))
    holds = db.execute(select(HOLD.c.reason, HOLD.c.clause).where(*open_holds).order_by(HOLD.c.id)).all()
    return Standing(
        masked,
        Custody(case.custody),
        Registration(case.registration),
        case.holder or HQ,
        case.held_since,
        case.handed_over_at,
        tuple(f"{CHINESE.get(hold.reason, hold.reason)} {hold.reason}（{hold.clause}）" for hold in holds),
    )


def _give(db: Connection, case: Row[Any], at: datetime, actor: str, shown: Shown) -> None:
    stream, values = f"package:{case.package_id}", {"handed_over_at": at}
    giving = CASE.c.id == case.id
    move(db, Custody.HANDED_OVER, giving, stream=stream, as_of=at, actor=actor, values=values, **_told(shown))
    note_emptied(db, case.package_id, at, actor)


def _told(shown: Shown) -> dict[str, Any]:
    return {"bearer": shown.bearer.value, "code": shown.code}


def _said(
    case: Row[Any], standing: Standing, centre: str, at: datetime, fresh: bool, check: RecordCheck
) -> HandOver:
    masked, day = standing.student_no, f"{at:%Y-%m-%d %H:%M}"
    if fresh:
        zh = f"学习中心 {centre} 已于 {day} 将证书发给学生 {masked}。"
        en = f"{centre} handed the certificate to student {masked} at {day}."
    else:
        zh = f"重复登记：学习中心 {centre} 已于 {day} 将证书发给学生 {masked}，未作变动。"
        en = f"Repeated: {centre} had handed it to student {masked} at {day}; nothing changed."
    zh, en = f"{zh}学信网信息：{RECORD_ZH[check]}。", f"{en} CHSI record: {check.value}."
    return HandOver(case.id, masked, case.season, centre, at, not fresh, check, zh, en)
