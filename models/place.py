"""Places that are named by an address: a local folder, or a bucket of an S3-compatible store."""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

import rules.refusals_installation  # noqa: F401  registers its codes
from rules.refusals import Refused


@lru_cache
def opened(address: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of an address and the path in it; a local folder is made when missing.

    `s3://BUCKET/PATH?endpoint_override=HOST:PORT&scheme=http&region=…`; AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY say who asks. The bucket must be there. Raises Refused address-unknown.
    """
    if "://" not in address:
        Path(address).mkdir(parents=True, exist_ok=True)
    try:
        store, path = fs.FileSystem.from_uri(address)
    except (ValueError, pa.ArrowException):  # its text repeats the address, and a password that stands in it
        raise Refused("address-unknown", address=without_query(address)) from None
    return store, path


def without_query(address: str) -> str:
    """Return an address for people: without what follows the path, and without who asks."""
    scheme, found, rest = address.partition("?")[0].rpartition("://")
    return f"{scheme}{found}{rest.rpartition('@')[2]}"


def is_local(store: fs.FileSystem) -> bool:
    """Say whether a file system has folders to make, and shows a file while it is being written."""
    return isinstance(store, fs.LocalFileSystem)
