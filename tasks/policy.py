"""The policy and the reference data in force: adopted as versions and kept in the archive."""

import io
import zipfile
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

import rules.refusals_amendment  # noqa: F401  registers its codes
from models import archive
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.reference import reference_files
from models.reference_version import ReferenceVersion, SeasonPolicy
from rules.calendar_file import supplied_years
from rules.reference import Reference
from rules.refusals import Reason, Refused, register
from rules.season import Pack, parse_pack

POLICIES = table_of(SeasonPolicy)
VERSIONS = table_of(ReferenceVersion)
_OF_SEASON = (
    select(POLICIES).where(POLICIES.c.season == bindparam("season")).order_by(POLICIES.c.version.desc())
)

register(
    Reason(
        "season-unknown",
        "G1",
        "没有部署过毕业季 {season}",
        "no season {season} was ever deployed",
        "请先运行 biye season deploy 政策包.yaml。",
        "Run biye season deploy PACK.yaml first.",
    ),
    Reason(
        "reference-none",
        "G1",
        "尚未载入基础数据",
        "no reference data are loaded",
        "请先运行 biye reference load 文件夹。",
        "Run biye reference load FOLDER first.",
    ),
)


def adopt_pack(text: str, file: str, at: datetime, actor: str = "biye") -> Pack:
    """Make a pack the season's policy in force; the same content again changes nothing. Source: G1.

    Calendar amendments stay in force beside it, and the pack that is returned has their years.
    """
    asked = parse_pack(text, file)
    with transaction() as db:
        known = policy_row(db, asked.season)
        if known is not None and own_pack(known).hash == asked.hash:
            return _in_force(known)
        calendars = known.calendars if known is not None else []
        pack = with_calendars(asked, calendars)
        version = put_policy(db, pack, archive.keep(text.encode()), calendars, at)
        record(
            db, f"season:{pack.season}", "policy-adopted", at, actor=actor, version=version, hash=pack.hash
        )
    return pack


def put_policy(db: Connection, pack: Pack, archived: str, calendars: list[str], at: datetime) -> int:
    """Add a version of a season's policy, in force from now on, and return its number among them."""
    known = policy_row(db, pack.season)
    version = 1 if known is None else int(known.version) + 1
    row = {"season": pack.season, "version": version, "policy_hash": pack.hash, "deployed_at": at}
    db.execute(insert(POLICIES), row | {"archived": archived, "calendars": calendars})
    return version


def policy_row(db: Connection, season: str) -> Row[Any] | None:
    """Return the row of `season_policy` that is in force, None for a season that was never deployed."""
    return db.execute(_OF_SEASON, {"season": season}).first()


def season_pack(season: str, db: Connection | None = None) -> Pack:
    """Return the pack in force for a season, with amended calendar years; Refused season-unknown.

    db: the caller's transaction, where there is one: a second connection, asked for while holding the first,
    can wait for ever when all others do the same.
    """
    with nullcontext(db) if db is not None else reading() as at_hand:
        known = policy_row(at_hand, season)
    if known is None:
        raise Refused("season-unknown", season=season)
    return _in_force(known)


def deployable(asked: Pack, file: str) -> Pack:
    """Return what deploying a pack puts in force: the first of its season, or the one that is.

    Refused policy-in-force where another content is: only an amendment changes a policy (G1).
    """
    with reading() as db:
        known = policy_row(db, asked.season)
    if known is None:
        return asked
    if own_pack(known).hash != asked.hash:
        version = own_pack(known).version
        raise Refused("policy-in-force", season=asked.season, version=version, file=file)
    return _in_force(known)


def own_pack(known: Row[Any]) -> Pack:
    """Return the pack of a row of `season_policy` as its file says it, without calendar amendments."""
    return _pack(known.archived, ())


def with_calendars(pack: Pack, calendars: Iterable[str]) -> Pack:
    """Return a pack with the years of archived calendar amendments."""
    texts = {digest: archive.fetch(digest).decode() for digest in calendars}
    years = [year for digest, text in texts.items() for year in supplied_years(text, f"{digest[:12]}.yaml")]
    return pack.with_calendar_years(years) if years else pack


def _in_force(known: Row[Any]) -> Pack:
    return _pack(known.archived, tuple(known.calendars))


@lru_cache(maxsize=16)
def _pack(archived: str, calendars: tuple[str, ...]) -> Pack:
    pack = parse_pack(archive.fetch(archived).decode(), f"{archived[:12]}.yaml")
    return with_calendars(pack, calendars)


def load_reference(folder: Path, at: datetime) -> Reference:
    """Make a folder's reference data the ones in force; Refused reference-… for a wrong file."""
    files = reference_files(folder)
    reference = _parsed(files)
    with transaction() as db:
        if db.execute(select(VERSIONS).where(VERSIONS.c.version == reference.version)).first() is None:
            row = {"version": reference.version, "archived": archive.keep(_zipped(files)), "loaded_at": at}
            db.execute(insert(VERSIONS), row)
            record(db, "reference", "reference-loaded", at, version=reference.version)
    return reference


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def current_reference() -> Reference:
    """Return the reference data loaded last; Refused reference-none."""
    with reading() as db:
        wanted = select(VERSIONS.c.archived).order_by(VERSIONS.c.loaded_at.desc())
        archived = db.execute(wanted).scalar()
    if archived is None:
        raise Refused("reference-none")
    return _reference(archived)


@lru_cache(maxsize=4)
def _reference(archived: str) -> Reference:
    with zipfile.ZipFile(io.BytesIO(archive.fetch(archived))) as bundle:
        return _parsed({name: bundle.read(name) for name in bundle.namelist()})


def _parsed(files: dict[str, bytes]) -> Reference:
    from rules.reference_parse import parse_reference  # pandas: a run without a lot does not need it

    return parse_reference(files)
