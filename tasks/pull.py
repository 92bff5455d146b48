"""Files fetched from where units offer them: the third way in, and it ends in the same receipt (R1).

Sources lie in `sources.yaml` of the installation's folder. A file that did not change is not received twice.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.keys import open_to_others
from models.settings import settings
from models.source import PulledFile
from rules.clock import now_in_shanghai
from rules.pack_yaml import decode_text
from rules.refusals import Refused
from rules.senders import check_sender, reporting_units
from rules.sources import Source, parse_sources
from rules.submission import Kind
from rules.web_address import doubt_address, host_of
from tasks.download import Download, Wanted, download
from tasks.policy import current_reference
from tasks.receiving import receive
from tasks.seasons import open_seasons

PULLED = table_of(PulledFile)
SOURCES = "sources.yaml"


@dataclass(frozen=True)
class Pulled:
    """What a source gave: its receipt, and whether it is a new one."""

    receipt: int
    new: bool


def sources() -> tuple[Source, ...]:
    """Return the installation's sources, perhaps none; Refused pack-unreadable, sources-invalid."""
    file = settings().root / SOURCES
    return parse_sources(decode_text(file.read_bytes(), SOURCES), SOURCES) if file.exists() else ()


def source_names(season: str, as_of: datetime) -> list[str]:
    """Return the names of the sources of a season; one that names none is of the only season that is open."""
    only = open_seasons(as_of) == [season]
    return [one.name for one in sources() if one.season == season or (one.season is None and only)]


def source_named(name: str) -> Source:
    """Return one source of the list; Refused pull-source."""
    for source in sources():
        if source.name == name:
            return source
    raise Refused("pull-source", name=name)


def source_by_hand(url: str, kind: str, branch: str, token_env: str = "") -> Source:
    """Return the source that an operator names; Refused pull-address, sender-unknown."""
    if doubt := doubt_address(url):
        raise Refused("pull-address", why=doubt)
    check_sender(kind, branch, reporting_units(current_reference().organisations))
    return Source(name="by-hand", branch=branch, kind=Kind(kind), url=url, token_env=token_env)


def pull(source: Source, season: str, as_of: datetime) -> Pulled:
    """Fetch a source's file and receive it; the same bytes again are the receipt that they have.

    Raises Refused sender-…, pull-…, file-over-cap; Unsent pull-… where trying again can help.
    """
    check_sender(source.kind, source.branch, reporting_units(current_reference().organisations))
    known = _known(season, source)
    etag = known.etag if known else ""
    got = download(Wanted(source.url, source.kind, settings().pull_seconds, _token(source), etag))
    if got is None:
        return Pulled(known.submission_id, new=False)
    pulled = _received(source, season, got, min(as_of, now_in_shanghai()))
    _remember(source, season, got, pulled.receipt, as_of)
    return pulled


def _received(source: Source, season: str, got: Download, received_at: datetime) -> Pulled:
    try:
        receipt = receive(season, source.kind, source.branch, got.filename, bytes(got.data), received_at)
    except Refused as refusal:
        if refusal.code != "file-again":
            raise
        return Pulled(int(str(refusal.where["receipt"])), new=False)
    return Pulled(receipt, new=True)


def _same(season: str, source: Source) -> tuple[Any, ...]:
    facts = {"season": season, "branch": source.branch, "kind": str(source.kind), "url": source.url}
    return tuple(PULLED.c[name] == value for name, value in facts.items())


def _known(season: str, source: Source) -> Any:
    with reading() as db:
        return db.execute(select(PULLED).where(*_same(season, source))).one_or_none()


def _remember(source: Source, season: str, got: Download, receipt: int, at: datetime) -> None:
    """Note which file the address gave, so that the next time only a new one is sent over the line."""
    row = {"season": season, "branch": source.branch, "kind": str(source.kind), "url": source.url}
    row |= {"etag": got.etag if len(got.etag) < 256 else "", "submission_id": receipt, "pulled_at": at}  # type: ignore[dict-item]
    with transaction() as db:
        db.execute(delete(PULLED).where(*_same(season, source)))
        db.execute(insert(PULLED), row)
        said: dict[str, Any] = {
            "source": source.name,
            "host": host_of(source.url),
            "checksum": bool(got.digests),
        }
        record(db, f"submission:{receipt}", "pulled", at, actor=source.branch, **said)


def _token(source: Source) -> str:
    """Return a source's token, "" for none; Refused pull-token where it is named and cannot be read."""
    if source.token_env:
        found = os.environ.get(source.token_env, "")
        return _checked(found, source.token_env, "未设置 (not set)")
    if source.token_file:
        return _checked(_read(settings().root / source.token_file), source.token_file, "没有内容 (empty)")
    return ""


def _read(file: Path) -> str:
    try:
        if open_to_others(file):
            raise Refused("pull-token", token=file.name, why="他人可读 (others can read it)")
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        raise Refused("pull-token", token=file.name, why="读不到 (cannot be read)") from None


def _checked(token: str, name: str, why: str) -> str:
    if not token:
        raise Refused("pull-token", token=name, why=why)
    if not (token.isascii() and token.isprintable()):
        raise Refused("pull-token", token=name, why="含不可用字符 (characters that no header can carry)")
    return token
