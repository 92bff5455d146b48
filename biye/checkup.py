"""What an installation needs, looked at one by one: found or not, needed or not, and how to get it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from sqlalchemy.exc import SQLAlchemyError

from models.archive import is_there
from models.database import database_revision, engine
from models.keys import open_to_others
from models.place import without_query
from models.settings import settings
from rules.refusals import Refused
from tasks.fonts import font_chain
from tasks.policy import current_reference
from tasks.seasons import deployed_seasons
from tasks.verification import missing_keys

DISK_NEEDED = 2 * 1024**3  # bytes
PINNED = ("prefect", "fastapi", "sqlalchemy")  # with others of these Prefect fails, partly without a word
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. required: Biye cannot work without it. remedy: what to do when it is missing."""

    name: str
    ok: bool
    found: str
    required: bool = True
    remedy: str = ""


def findings() -> Iterator[Finding]:
    """Look at everything, the most basic things first."""
    basic = (_python, _pins, _home, _disk, _database, _keys, _archive)
    for look in (*basic, _season, _fonts, _rare_font, _browser):
        yield look()


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python ≥ 3.11", sys.version_info >= (3, 11), found, remedy="安装 Python 3.11 或更新版本 · install it"
    )


def _pins() -> Finding:
    """Compare what is installed with what pyproject.toml asks for."""
    asked = [one for one in map(Requirement, requires("biye") or ()) if one.name in PINNED]
    found = {one.name: _version(one.name) for one in asked}
    ok = all(one.specifier.contains(found[one.name]) for one in asked)
    name = ", ".join(f"{one.name}{one.specifier}" for one in asked)
    return Finding(name, ok, ", ".join(map(" ".join, found.items())), remedy="make setup")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


def _home() -> Finding:
    root = settings().root
    nearest = next(folder for folder in (root, *root.parents) if folder.exists())
    ok = nearest.is_dir() and os.access(nearest, os.W_OK)
    return Finding(
        "BIYE_HOME", ok, str(root), remedy="改用可写的文件夹 · set BIYE_HOME to a folder that you may write"
    )


def _disk() -> Finding:
    root = settings().root
    nearest = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    found = f"{free / 1024**3:.1f} GB"
    return Finding("磁盘空间 disk ≥ 2 GB", free >= DISK_NEEDED, found, remedy="清理磁盘 · free some space")


def _database() -> Finding:
    name, migrate = "数据库 database", "biye migrate"
    url = settings().database
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return Finding(name, True, "首次启动时建立 · made at the first start")
    try:
        at, head = database_revision()
    except SQLAlchemyError as error:
        return Finding(
            name, False, type(error).__name__, remedy="核对 BIYE_DATABASE_URL · check BIYE_DATABASE_URL"
        )
    return Finding(name, at == head, f"{engine().dialect.name}, {at or '–'} / {head}", remedy=migrate)


def _keys() -> Finding:
    folder = settings().keys
    files = sorted(folder.glob("*.key")) if folder.exists() else []
    open_ = [file.name for file in files if open_to_others(file)]
    if _is_migrated() and (lost := missing_keys()):
        said = "从备份恢复，不要新建 · restore them from a backup, do not make new ones"
        return Finding("密钥 keys (0600)", False, f"缺失 missing: {', '.join(lost)}", remedy=said)
    found = ", ".join(open_) or (f"{len(files)} × 0600" if files else "首次使用时建立 · made at first use")
    return Finding("密钥 keys (0600)", not open_, found, remedy=f"chmod 600 {folder}/*.key")


def _archive() -> Finding:
    name, address = "归档 archive", without_query(settings().archive)
    remedy = "核对 BIYE_ARCHIVE_URL 和 AWS_ACCESS_KEY_ID · check BIYE_ARCHIVE_URL and who asks"
    if "://" not in settings().archive:
        return Finding(name, True, address)  # a folder, made at first use
    try:
        there = is_there()
    except (Refused, OSError) as error:
        return Finding(name, False, str(error).splitlines()[0], remedy=remedy)
    return Finding(name, there, address if there else f"缺失 missing: {address}", remedy=remedy)


def _season() -> Finding:
    """Look for a policy and reference data; without them there is nothing to do yet."""
    name = "毕业季与基础数据 seasons, reference data"
    remedy = "biye reference load 文件夹；biye season deploy 政策包.yaml"
    try:
        seasons = deployed_seasons() if _is_migrated() else []
        found = [*seasons, current_reference().version[:12]] if seasons else []
    except Refused:
        found = []
    return Finding(name, bool(found), ", ".join(found) or "–", required=False, remedy=remedy)


def _is_migrated() -> bool:
    url = settings().database
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return False
    try:
        at, head = database_revision()
    except SQLAlchemyError:
        return False
    return at == head


def _fonts() -> Finding:
    remedy = "make setup；或 apt install fonts-lxgw-wenkai"
    try:
        chain = font_chain()
    except Refused as refusal:
        return Finding("中文字体 Chinese fonts", False, refusal.code, remedy=remedy)
    names = ", ".join(dict.fromkeys(font.path.name for font in chain))
    return Finding("中文字体 Chinese fonts", bool(chain), names or "–", remedy=remedy)


def _rare_font() -> Finding:
    try:
        found = any("LXGWWenKai" in font.path.name for font in font_chain())
    except Refused:
        found = False
    remedy = "apt install fonts-lxgw-wenkai（生僻字最全，缺字则挂起 · else rare characters hold certificates)"
    return Finding(
        "霞鹜文楷 LXGW WenKai", found, "有 · there" if found else "–", required=False, remedy=remedy
    )


def _browser() -> Finding:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    remedy = "apt install chromium（仅用于界面截图 · only for screenshots of the UI)"
    return Finding("Chromium", path is not None, path or "–", required=False, remedy=remedy)
