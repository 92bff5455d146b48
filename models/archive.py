"""The archive: bytes kept for ever under their SHA-256, in a local folder or an S3-compatible store."""

import hashlib
import re
import secrets
import shutil
from pathlib import Path

from pyarrow import fs

from models.place import is_local, opened
from models.settings import settings

_CHUNK = 1 << 20
_NAME = re.compile("[0-9a-f]{64}")


def _store() -> tuple[fs.FileSystem, str]:
    return opened(settings().archive)


def path_of(digest: str) -> str:
    """Return where the bytes with this SHA-256 lie inside the store."""
    return f"{_store()[1]}/{digest[:2]}/{digest}"


def keep(data: bytes, digest: str | None = None) -> str:
    """Keep bytes and return their SHA-256; what is there already is not written again.

    digest: where the caller has it already.
    """
    digest = digest or hashlib.sha256(data).hexdigest()
    store, path = _store()[0], path_of(digest)
    if store.get_file_info(path).type == fs.FileType.NotFound:
        _write(store, path, data)
    return digest


def _write(store: fs.FileSystem, path: str, data: bytes) -> None:
    """Write a file that nobody sees before it is whole; of two that write the same one, either wins."""
    if not is_local(store):  # an object is there when its upload is complete
        with store.open_output_stream(path) as out:
            out.write(data)
        return
    store.create_dir(path.rpartition("/")[0])
    draft = f"{path}.{secrets.token_hex(4)}"
    with store.open_output_stream(draft) as out:
        out.write(data)
    store.move(draft, path)


def fetch(digest: str) -> bytes:
    """Return the bytes kept under a SHA-256."""
    with _store()[0].open_input_stream(path_of(digest)) as kept:
        return bytes(kept.read())


def store() -> fs.FileSystem:
    """Return the archive's file system, for readers that open files themselves (Parquet)."""
    return _store()[0]


def is_there() -> bool:
    """Say whether the archive's bucket is there. Raises OSError where nobody answers."""
    store, root = _store()
    return bool(store.get_file_info(root.partition("/")[0]).type == fs.FileType.Directory)


def is_whole(digest: str) -> bool:
    """Say whether the bytes under a SHA-256 are there and still have it."""
    hashed = hashlib.sha256()
    try:
        with _store()[0].open_input_stream(path_of(digest)) as kept:
            while chunk := kept.read(_CHUNK):
                hashed.update(chunk)
    except FileNotFoundError:
        return False
    return hashed.hexdigest() == digest


def copy_to(folder: Path) -> tuple[int, int]:
    """Copy everything that is kept into a local folder, laid out as an archive; return files and bytes."""
    store, root = _store()
    found = store.get_file_info(fs.FileSelector(root, recursive=True, allow_not_found=True))
    kept = [file for file in found if file.type == fs.FileType.File and _NAME.fullmatch(file.base_name)]
    for file in kept:
        target = folder / file.base_name[:2] / file.base_name
        target.parent.mkdir(parents=True, exist_ok=True)
        with store.open_input_stream(file.path) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, _CHUNK)
    return len(kept), sum(file.size for file in kept)
