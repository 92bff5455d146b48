"""A consistent copy of an installation: database first, then the archive, which holds all that it names."""

import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url

import rules.refusals_installation  # noqa: F401  registers its codes
from models import archive
from models.database import database_revision
from models.settings import settings
from rules.refusals import Refused

SQLITE, POSTGRES = "biye.db", "biye.dump"


@dataclass(frozen=True)
class BackedUp:
    """What was copied. database: the file in the folder; files, bytes: of the archive."""

    folder: Path
    made_at: datetime
    database: str
    revision: str | None
    files: int
    bytes: int
    keys: int


def back_up(destination: Path, at: datetime) -> BackedUp:
    """Copy database, archive and keys into a new folder, all of them or nothing; only its owner may read it.

    The folder is laid out as BIYE_HOME: set BIYE_HOME to it to look into a copy of SQLite.
    Raises Refused backup-destination, backup-no-pg-dump, backup-pg-dump-failed.
    """
    folder = destination.expanduser().resolve()
    _check(folder)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
        made = _copy_all(draft, folder, at)
        draft.rename(folder)
    except OSError as error:
        raise _refused(
            folder, error.strerror or "无法写入", error.strerror or "it cannot be written"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def _check(folder: Path) -> None:
    root = settings().root
    if folder == root or root in folder.parents:
        raise _refused(folder, "它在 BIYE_HOME 之内", "it lies inside BIYE_HOME")
    if folder.exists() and not folder.is_dir():
        raise _refused(folder, "它是文件", "it is a file")
    if folder.exists() and any(folder.iterdir()):
        raise _refused(folder, "文件夹不为空", "it is not empty")


def _refused(folder: Path, why: str, why_en: str) -> Refused:
    return Refused("backup-destination", folder=folder, why=why, why_en=why_en)


def _copy_all(draft: Path, folder: Path, at: datetime) -> BackedUp:
    # What is archived while the database is copied is more than it names, never less.
    url = make_url(settings().database)
    if url.get_backend_name() == "sqlite":
        name = _copy_sqlite(Path(url.database or ""), draft)
    else:
        name = _dump_postgres(url, draft)
    files, size = archive.copy_to(draft / "archive")
    made = BackedUp(folder, at, name, database_revision()[0], files, size, _copy_keys(draft / "keys"))
    said = {name: str(value) for name, value in asdict(made).items() if name != "folder"}
    (draft / "backup.json").write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    return made


def _copy_sqlite(database: Path, folder: Path) -> str:
    """Copy by SQLite's own backup: one moment of the database, though others write."""
    source, copy = sqlite3.connect(database), sqlite3.connect(folder / SQLITE)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()
    (folder / SQLITE).chmod(0o600)
    return SQLITE


def _dump_postgres(url: URL, folder: Path) -> str:
    place = (url.username, None, url.host, url.port, url.database, url.query)
    plain = URL.create("postgresql", *place).render_as_string(hide_password=False)
    command = ["pg_dump", "--format=custom", f"--dbname={plain}", f"--file={folder / POSTGRES}"]
    if shutil.which("pg_dump") is None:
        raise Refused("backup-no-pg-dump", command=" ".join([*command[:3], f"--file={POSTGRES}"]))
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused("backup-pg-dump-failed", why=done.stderr.strip() or done.returncode)
    return POSTGRES


def _copy_keys(folder: Path) -> int:
    folder.mkdir(mode=0o700)
    keys = sorted(settings().keys.glob("*.key"))
    for key in keys:
        copy = folder / key.name
        copy.touch(mode=0o600)
        copy.write_bytes(key.read_bytes())
    return len(keys)
