"""The policy packs that an installation was given: every version is kept, the latest one rules (G1)."""

from datetime import datetime

from sqlalchemy import insert, select

from models.archive import fetch, keep
from models.columns import table_of
from models.database import reading, transaction
from models.reference_version import SeasonPolicy
from rules.refusals import Reason, Refused, register
from rules.season import Pack, parse_pack

_POLICY = table_of(SeasonPolicy)

register(
    Reason(
        "season-unknown",
        "G1",
        "没有毕业季 {season}；已部署的有：{known}。",
        "There is no season {season}; deployed are: {known}.",
        "请核对毕业季编号，或先运行 biye season deploy FILE。",
        "Check the season's id, or run biye season deploy FILE first.",
    ),
    Reason(
        "batch-unknown",
        "G1",
        "毕业季 {season} 没有可运行的第 {batch} 批；可运行的有：{known}。",
        "Season {season} has no batch {batch} that runs; these run: {known}.",
        "请核对批次号；已取消的批次不运行。",
        "Check the batch's number; a cancelled batch does not run.",
    ),
    Reason(
        "pack-version-taken",
        "G1",
        "{file}：毕业季 {season} 已有第 {known} 版，第 {version} 版不能另有内容。",
        "{file}: season {season} already has version {known}; version {version} cannot say something else.",
        "修订政策包时请将 version 改为 {next} 或更大。",
        "An amended pack needs version {next} or higher.",
    ),
)


def keep_policy(pack: Pack, text: str, file: str, now: datetime) -> bool:
    """Keep a pack as the season's latest version; False when it is that already.

    Raises Refused pack-version-taken for other content under a version number that is not new.
    """
    archived = keep(text.encode())
    with transaction() as db:
        wanted = select(_POLICY.c.version, _POLICY.c.policy_hash).where(_POLICY.c.season == pack.season)
        latest = db.execute(wanted.order_by(_POLICY.c.version.desc()).limit(1)).one_or_none()
        if latest and latest.policy_hash == pack.hash:
            return False
        if latest and latest.version >= pack.version:
            where = {"known": latest.version, "version": pack.version, "next": latest.version + 1}
            raise Refused("pack-version-taken", file=file, season=pack.season, **where)
        names = {"season": pack.season, "version": pack.version, "policy_hash": pack.hash}
        db.execute(insert(_POLICY).values(**names, archived=archived, deployed_at=now))
    return True


def known_seasons() -> list[str]:
    """Return the ids of the seasons that have a policy."""
    with reading() as db:
        return list(db.scalars(select(_POLICY.c.season).distinct().order_by(_POLICY.c.season)))


def policy_of(season: str) -> Pack:
    """Return the latest version of a season's pack; Refused season-unknown names those that there are."""
    with reading() as db:
        wanted = select(_POLICY.c.archived).where(_POLICY.c.season == season)
        archived = db.scalar(wanted.order_by(_POLICY.c.version.desc()).limit(1))
    if archived is None:
        raise Refused("season-unknown", season=season, known=", ".join(known_seasons()) or "–")
    return parse_pack(fetch(archived).decode(), f"{season}.yaml")


def check_batch(season: str, batch: int | None) -> Pack:
    """Return the pack of a season that runs this batch; Refused season-unknown or batch-unknown."""
    pack = policy_of(season)
    numbers = [one.number for one in pack.open_batches]
    if batch is not None and batch not in numbers:
        raise Refused("batch-unknown", season=season, batch=batch, known=", ".join(map(str, numbers)))
    return pack
