"""Is what was recorded still as it was recorded: the sealed chains of events, and the archive's files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, func, select

from models import archive
from models.anchor import VANISHED, last_seal, vanished
from models.anchor import seal_day as seal_heads
from models.certificate import CertificateSheet, RegistryPackage
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.database import reading, transaction
from models.event import ALTERED, CUT, EVENTS, HEADS, broken_links
from models.reference_version import ReferenceVersion, SeasonPolicy
from models.seal import SealList
from models.settings import settings
from models.spoiled import CertifiedStatement
from models.student import Student
from models.submission import Submission
from rules.clock import day_in_shanghai
from rules.refusals import Refused

_STUDENTS = table_of(Student)
_CHINESE = {ALTERED: "内容被改动", CUT: "末尾的记录缺失", VANISHED: "每日封存过的记录已不在"}
_GAP = "记录缺失或次序被改动"


@dataclass(frozen=True)
class Broken:
    """One thing that is not as it was recorded. where: an event's stream, or a file's SHA-256; seq: of it."""

    where: str
    seq: int | None
    problem: str
    problem_en: str


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what of it is broken.

    files: None where they were left out. sealed: day and seal of the last daily seal, None before the first.
    """

    streams: int
    events: int
    files: int | None
    sealed: tuple[str, str] | None
    broken: list[Broken]


def verify(files: bool = False) -> Verified:
    """Look at every event, and with `files` at every archived file; changes nothing.

    Raises Refused keys-missing where the key of the seals is gone.
    """
    if "seal.key" in missing_keys():
        raise Refused("keys-missing", file=settings().keys / "seal.key")
    with reading() as db:
        events, streams = (int(db.scalar(select(func.count()).select_from(t)) or 0) for t in (EVENTS, HEADS))
        links = list(broken_links(db))
        told = {stream for stream, *_ in links}
        links += [one for one in vanished(db) if one[0] not in told]
        broken = [Broken(stream, seq, _CHINESE.get(why, _GAP), why) for stream, seq, why in links]
        sealed = last_seal(db)
        digests = sorted(set(_archived(db))) if files else []
    lost = [
        Broken(digest, None, "归档文件缺失或被改动", "the archived file is missing or was altered")
        for digest in digests
        if not archive.is_whole(digest)
    ]
    return Verified(streams, events, len(digests) if files else None, sealed, broken + lost)


def seal_day(as_of: datetime) -> int:
    """Anchor every stream's head once a day (Asia/Shanghai); return how many, 0 where the day is sealed."""
    with transaction() as db:
        return seal_heads(db, day_in_shanghai(as_of), as_of)


def missing_keys() -> list[str]:
    """Return the key files without which what is stored cannot be read or checked.

    Asking for a key makes a new one where there is none, and nothing stored would fit it.
    """
    needed = {"seal.key": EVENTS, "id.key": _STUDENTS, "index.key": _STUDENTS}
    folder = settings().keys
    lost = {name: table for name, table in needed.items() if not (folder / name).exists()}
    with reading() as db:
        return [name for name, table in lost.items() if db.execute(select(table.c.id).limit(1)).first()]


def _archived(db: Connection) -> Iterator[str]:
    """Yield the SHA-256 of every file that a row names."""
    for column in _NAMING:
        yield from db.scalars(select(column).where(column.is_not(None)).distinct())
    for calendars in db.scalars(select(table_of(SeasonPolicy).c.calendars)):
        yield from calendars


_NAMING: tuple[Column[str], ...] = (
    table_of(Submission).c.sha256,
    table_of(Submission).c.grades,
    table_of(SeasonPolicy).c.archived,
    table_of(ReferenceVersion).c.archived,
    table_of(RegistryPackage).c.archived,
    table_of(CertificateSheet).c.print_file,
    table_of(SealList).c.workbook,
    table_of(SealList).c.document,
    table_of(CertifiedStatement).c.archived,
    table_of(CertificateProblem).c.evidence,
)
