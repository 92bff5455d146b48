"""What lies out for people, by unit: `out/UNIT/` here, or under BIYE_OUT_URL where many machines write."""

from pyarrow import fs

from models.place import is_local, opened, without_query
from models.settings import settings


def lay_out(unit: str, name: str, data: bytes) -> str:
    """Lay a file out for a unit, in place of an earlier one, and return its address."""
    store, path = _place(unit, name)
    if is_local(store):
        store.create_dir(path.rpartition("/")[0])
    with store.open_output_stream(path) as out:
        out.write(data)
    return _address(unit, name)


def take_away(unit: str, name: str) -> None:
    """Take a file away; where it does not lie, nothing happens."""
    if lies_out(unit, name):
        store, path = _place(unit, name)
        store.delete_file(path)


def lying_out(unit: str, *names: str) -> list[str]:
    """Return the addresses of those among these files that lie out."""
    return [_address(unit, name) for name in names if lies_out(unit, name)]


def lies_out(unit: str, name: str) -> bool:
    """Say whether a file lies out for a unit."""
    store, path = _place(unit, name)
    return bool(store.get_file_info(path).type == fs.FileType.File)


def _place(unit: str, name: str) -> tuple[fs.FileSystem, str]:
    store, root = opened(settings().out)
    return store, f"{root}/{unit}/{name}"


def _address(unit: str, name: str) -> str:
    return f"{without_query(settings().out)}/{unit}/{name}"
