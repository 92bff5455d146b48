"""The policy and the reference data in force: adopted as versions and kept in the archive."""

import io
import zipfile
from contextlib import nullcontext
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, insert, select

from models import archive
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.reference import reference_files
from models.reference_version import ReferenceVersion, SeasonPolicy
from rules.reference import Reference
from rules.refusals import Reason, Refused, register
from rules.season import Pack, parse_pack

POLICIES = table_of(SeasonPolicy)
VERSIONS = table_of(ReferenceVersion)

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
    """Make a pack the season's policy in force; the same content again changes nothing. Source: G1."""
    pack = parse_pack(text, file)
    with transaction() as db:
        known = db.execute(
            select(POLICIES.c.policy_hash, POLICIES.c.version)
            .where(POLICIES.c.season == pack.season)
            .order_by(POLICIES.c.version.desc())
        ).first()
        if known is not None and known.policy_hash == pack.hash:
            return pack
        version = 1 if known is None else known.version + 1
        row = {"season": pack.season, "version": version, "policy_hash": pack.hash, "deployed_at": at}
        db.execute(insert(POLICIES), row | {"archived": archive.keep(text.encode())})
        record(
            db, f"season:{pack.season}", "policy-adopted", at, actor=actor, version=version, hash=pack.hash
        )
    return pack


def season_pack(season: str, db: Connection | None = None) -> Pack:
    """Return the pack in force for a season; Refused season-unknown.

    db: the caller's transaction, where there is one: a second connection, asked for while holding the first,
    can wait for ever when all others do the same.
    """
    wanted = select(POLICIES.c.archived).where(POLICIES.c.season == season)
    with nullcontext(db) if db is not None else reading() as at_hand:
        archived = at_hand.execute(wanted.order_by(POLICIES.c.version.desc())).scalar()
    if archived is None:
        raise Refused("season-unknown", season=season)
    return _pack(archived)


@lru_cache(maxsize=8)
def _pack(archived: str) -> Pack:
    return parse_pack(archive.fetch(archived).decode(), f"{archived[:12]}.yaml")


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
