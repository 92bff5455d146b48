"""The inbox: files that units put down are received, and what cannot be placed is moved aside with a note.

    inbox/UNIT/KIND….csv      the name begins with the kind, in Chinese or English
    inbox/UNIT/KIND/…         or the folder is named by it
    inbox/UNIT/SEASON/…       of that season; without it, of the only season that is open
    inbox/UNIT/done/          received
    inbox/UNIT/refused/       not received, each with a note, which lies in out/UNIT/ as well

A file whose season cannot be told stays where it is, and its unit gets a note.
A file counts as received when it came to rest there, not when somebody looked (T1).
"""

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from models.database import transaction
from models.event import record
from models.out import lay_out, take_away
from models.settings import settings
from rules.clock import in_shanghai
from rules.refusals import Refused
from rules.senders import (
    check_sender,
    kind_named,
    kind_of_filename,
    names_season,
    reporting_units,
    season_of,
)
from rules.submission import KINDS
from tasks.inbox_guide import GUIDE, write_guide
from tasks.policy import current_reference
from tasks.receiving import receive
from tasks.seasons import deployed_seasons, open_seasons
from tasks.size_cap import refuse_over_cap

DONE, REFUSED = "done", "refused"
_NOT_YET = (
    ".part",
    ".filepart",
    ".partial",
    ".tmp",
    ".crdownload",
)  # under way, as transfer programs name it
_OF_SYSTEMS = (".", "~$")
Shape = tuple[int, int, int]  # inode, size, time of the last write: what changes while somebody writes


@dataclass(frozen=True)
class Found:
    """A file that came to rest. unit: "" outside a unit's folder; season, folder: below it, "" for none."""

    path: Path
    unit: str
    season: str
    folder: str
    rested_at: datetime
    shape: Shape


def collect(season: str, as_of: datetime) -> dict[str, str]:
    """Receive a season's files that came to rest; return file → receipt number, or its refusal's code.

    Nothing is lost: whatever cannot be received is moved aside with a note. Refused reference-none.
    """
    write_guide()
    units = reporting_units(current_reference().organisations)
    known, opened = deployed_seasons(), open_seasons(as_of)
    meant = {found: season_of(found.season, known, opened) for found in _at_rest()}
    ours = [found for found, one in meant.items() if one in (season, None)]
    return {_named(found): _take(meant[found], season, found, units, as_of) for found in ours}


def _named(found: Found) -> str:
    return found.path.relative_to(settings().folder("inbox")).as_posix()


def _take(meant: str | None, season: str, found: Found, units: Collection[str], as_of: datetime) -> str:
    try:
        kind = _check(found, units)
        if meant is None:
            return _leave(found, as_of)
        data = _read(found)
        received_at = min(as_of, found.rested_at)
        receipt = receive(season, kind, found.unit, found.path.name, data, received_at)
    except Refused as refusal:
        _put_aside(found, refusal, season, found.unit in units, as_of)
        return refusal.code
    _put_away(found, DONE)
    take_away(found.unit, note_name(found.path.name))  # it was left, and now it is taken
    return str(receipt)


def _leave(found: Found, as_of: datetime) -> str:
    """Leave a file whose season cannot be told, with a note to its unit; return the code."""
    known = "、".join(deployed_seasons())
    refusal = Refused("inbox-season", file=found.path.name, unit=found.unit, seasons=known)
    said = f"{as_of:%Y-%m-%d %H:%M}（北京时间）未接收，文件仍在原处 / not received, left where it is"
    lay_out(found.unit, note_name(found.path.name), _note(found, said, refusal).encode())
    return refusal.code


def _check(found: Found, units: Collection[str]) -> str:
    """Return the file's kind; Refused inbox-…, sender-…, file-over-cap before it is read."""
    name = found.path.name
    if not found.unit:
        raise Refused("inbox-place", file=name)
    by_folder = kind_named(found.folder)
    kind = by_folder if by_folder in KINDS else kind_of_filename(name)
    if kind is None:
        raise Refused("inbox-kind", file=name, allowed="、".join(spec.zh for spec in KINDS.values()))
    check_sender(kind, found.unit, units)
    refuse_over_cap(found.shape[1], kind, name)
    return kind


def _read(found: Found) -> bytes:
    """Read the file itself: a link would show somebody else's."""
    try:
        if not S_ISREG(found.path.lstat().st_mode):
            raise Refused("inbox-no-file", file=found.path.name)
        with os.fdopen(os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read()
    except OSError:
        raise Refused("inbox-no-file", file=found.path.name) from None


def _at_rest() -> Iterator[Found]:
    """Yield what nobody writes to, oldest first: looked at twice, some seconds apart, and the same."""
    before = {path: _shape(path) for path in _entries()}
    if before:
        time.sleep(settings().inbox_quiet_seconds)
    still = [(path, shape) for path, shape in before.items() if shape and _shape(path) == shape]
    for path, shape in sorted(still, key=lambda one: (one[0].lstat().st_ctime, one[0].name)):
        yield _found(path, shape)


def _entries() -> Iterator[Path]:
    """Yield all that units put down, whatever it is; never what was put away or is still under way."""
    inbox = settings().folder("inbox")
    for folder, below, names in os.walk(inbox):
        here = Path(folder)
        below[:] = [name for name in below if name not in (DONE, REFUSED)]
        for name in names:
            ours = here == inbox and name == GUIDE
            if not ours and not name.startswith(_OF_SYSTEMS) and not name.lower().endswith(_NOT_YET):
                yield here / name


def _shape(path: Path) -> Shape | None:
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _found(path: Path, shape: Shape) -> Found:
    unit, *folders = path.relative_to(settings().folder("inbox")).parts[:-1] or ("",)
    season = folders.pop(0) if folders and names_season(folders[0]) else ""
    # The change time: unlike the time of the last write, whoever copies a file here cannot set it.
    rested_at = in_shanghai(datetime.fromtimestamp(path.lstat().st_ctime, UTC))
    return Found(path, unit, season, folders[0] if folders else "", rested_at, shape)


def _put_aside(found: Found, refusal: Refused, season: str, is_unit: bool, as_of: datetime) -> None:
    """Move a file aside with a note; its unit gets the note as well."""
    placed = _put_away(found, REFUSED)
    said = f"{as_of:%Y-%m-%d %H:%M}（北京时间）未接收，文件现在 / not received, now in: {placed}"
    text = _note(found, said, refusal)
    placed.with_name(f"{placed.name}.txt").write_text(text, encoding="utf-8")
    if is_unit:
        lay_out(found.unit, note_name(placed.name), text.encode())
    with transaction() as db:
        actor = found.unit if is_unit else "inbox"
        record(db, f"season:{season}", "inbox-refused", as_of, actor=actor, code=refusal.code)


def _note(found: Found, said: str, refusal: Refused) -> str:
    return f"{found.path.name}\n{said}\n\n{refusal}\n"


def note_name(name: str) -> str:
    """Return the name of the note that a unit finds about a file of this name."""
    return f"未接收-{name}.txt"


def _put_away(found: Found, folder: str) -> Path:
    """Move a file out of the way under its own name, or with a number where that is taken."""
    inbox = settings().folder("inbox")
    target = inbox / found.unit / folder
    target.mkdir(exist_ok=True)
    name, count = found.path.name, 1
    while (target / name).exists() or (target / name).is_symlink():
        count += 1
        name = f"{found.path.stem}-{count}{found.path.suffix}"
    return found.path.rename(target / name)
