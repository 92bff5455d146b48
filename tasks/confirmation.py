"""What students confirm: kept with the hand-over, and the record's later, one by one or off a list (N5)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.bulk import among
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.confirmation import Confirmation
from models.custody import Package
from models.database import transaction
from models.event import record
from models.student import Student
from rules.clock import day_in_shanghai
from rules.confirmation import Pickup, RecordCheck, at_hand_over, judge_answer
from rules.custody import Tree
from rules.identity import mask_id
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Visibility
from rules.tracking import Tracking
from tasks.problem_opening import RECORD, note_problem
from tasks.promise_pickup import count_confirmations

_CASES, _STUDENTS, _PACKAGES = table_of(Case), table_of(Student), table_of(Package)
_SHEETS, _CONFIRMATIONS = table_of(CertificateSheet), table_of(Confirmation)
_UNSAID = {"record_by": "", "record_actor": ""}


@dataclass(frozen=True)
class Word:
    """What one student says of the record. wrong: the field that is; found: how; empty: all is right."""

    student_no: str
    wrong: str = ""
    found: str = ""


@dataclass(frozen=True)
class Entered:
    """What came of some students' words: how many records are confirmed, were so before, are wrong."""

    confirmed: int
    repeated: int
    wrong: int


def keep_hand_over(
    db: Connection, case: Row[Any], centre: str, at: datetime, actor: str, pack: Pack, *, later: bool
) -> RecordCheck:
    """Keep what a student confirmed as the certificate was handed over; return what holds of the record.

    case: id, season, package_id, visibility. later: the student has not looked at the record yet.
    """
    check = at_hand_over(case.visibility == Visibility.VISIBLE, later)
    said: dict[str, Any] = {"certificate_at": at, "certificate_actor": actor, "record": check.value}
    if check is RecordCheck.DEFERRED:
        said |= {"asked_on": day_in_shanghai(at)}
    else:
        said |= {"record_at": at, "record_by": centre, "record_actor": actor}
    row = {"season": case.season, "case_id": case.id, "centre": centre, "tracking": Tracking.SCAN.value}
    db.execute(insert(_CONFIRMATIONS).values(**_UNSAID | row | said))
    stream = f"package:{case.package_id}"
    record(db, stream, "pickup-confirmed", at, actor=actor, ids=[case.id], record=check.value)
    count_confirmations(db, [case.package_id], pack, at)
    return check


def confirm_records(
    words: Iterable[Word],
    by: str,
    at: datetime,
    actor: str,
    pack: Pack,
    reference: Reference,
    tracking: Tracking = Tracking.SCAN,
) -> Entered:
    """Enter what students say of their public records; by: their centre, or a unit above it.

    All or none: raises the first Refused N5-… of `judge_answer`, N5-no-case, N5-problem-field.
    """
    asked = {word.student_no: word for word in words}
    with transaction() as db:
        judged = judge_words(db, asked, by, at, pack.season, reference)
        for one in judged:
            if one.refusal:
                raise one.refusal
        _enter(db, judged, by, at, actor, pack, tracking)
    answers = [one.check for one in judged]
    counts = (answers.count(check) for check in (RecordCheck.CONFIRMED, None, RecordCheck.WRONG))
    return Entered(*counts)


@dataclass(frozen=True)
class Judged:
    """One student's word beside the case. check: what becomes of it, None for a repeat."""

    word: Word
    case: Row[Any] | None
    check: RecordCheck | None = None
    refusal: Refused | None = None


def judge_words(
    db: Connection, words: Mapping[str, Word], by: str, at: datetime, season: str, reference: Reference
) -> list[Judged]:
    """Return what becomes of each word, or why it is refused; words: by student number. Changes nothing."""
    found = _cases(db, words.keys(), season)
    tree = reference.tree
    return [_judge(word, found.get(number), by, at, season, tree) for number, word in words.items()]


def _cases(db: Connection, numbers: Collection[str], season: str) -> dict[str, Row[Any]]:
    names = ("record", "asked_on", "centre")
    wanted = (
        select(_STUDENTS.c.student_no, _CASES, _SHEETS.c.package_id, _SHEETS.c.number, _PACKAGES.c.holder)
        .add_columns(*(_CONFIRMATIONS.c[name] for name in names), _CONFIRMATIONS.c.id.label("confirmation"))
        .join_from(_CASES, _STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
        .outerjoin(_CONFIRMATIONS, _CONFIRMATIONS.c.case_id == _CASES.c.id)
        .where(_CASES.c.season == season, among(db, _STUDENTS.c.student_no, list(numbers)))
        .with_for_update(of=_CASES)
    )
    return {row.student_no: row for row in db.execute(wanted)}


def _judge(word: Word, case: Row[Any] | None, by: str, at: datetime, season: str, tree: Tree) -> Judged:
    masked = mask_id(word.student_no)
    try:
        if case is None:
            raise Refused("N5-no-case", student_no=masked, season=f" {season} ")
        return Judged(word, case, judge_answer(_pickup(case, masked, tree), bool(word.wrong), by, at))
    except Refused as refusal:
        return Judged(word, case, refusal=refusal)


def _pickup(case: Row[Any], masked: str, tree: Tree) -> Pickup:
    check, centre = RecordCheck(case.record or RecordCheck.DEFERRED), case.centre or ""
    units = tree.route(centre) if centre else ()
    visible = case.visibility == Visibility.VISIBLE
    return Pickup(masked, check, visible, centre, units, case.handed_over_at if centre else None)


def _enter(
    db: Connection, judged: list[Judged], by: str, at: datetime, actor: str, pack: Pack, tracking: Tracking
) -> None:
    said = {"record_at": at, "record_by": by, "record_actor": actor, "tracking": tracking.value}
    for check in (RecordCheck.CONFIRMED, RecordCheck.WRONG):
        cases = [one.case for one in judged if one.check is check and one.case]
        mine = among(db, _CONFIRMATIONS.c.case_id, [case.id for case in cases])
        db.execute(update(_CONFIRMATIONS).where(mine).values(record=check.value, **said))
        _tell(db, check, cases, by, at, actor)
    for one in judged:
        if one.check is RecordCheck.WRONG and one.case:
            word = one.word
            note_problem(db, one.case, word.wrong, word.found, by, at, actor, pack, about=RECORD)
    packages = {int(one.case.package_id) for one in judged if one.case and one.check}
    count_confirmations(db, sorted(packages), pack, at)


def _tell(
    db: Connection, check: RecordCheck, cases: list[Row[Any]], by: str, at: datetime, actor: str
) -> None:
    """Record the answers, an event a package."""
    packages: defaultdict[int, list[int]] = defaultdict(list)
    for case in cases:
        packages[case.package_id].append(case.id)
    for package, ids in sorted(packages.items()):
        record(db, f"package:{package}", f"record-{check.value}", at, actor=actor, ids=ids, by=by)
