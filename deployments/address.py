"""Where this installation's Prefect server is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.settings import PREFECT_API_URL, temporary_settings

from models.settings import settings


def url_of(port: int) -> str:
    """Return the API's address of a server on this machine."""
    return f"http://127.0.0.1:{port}/api"


def address_file() -> Path:
    """Return the file in which a running `biye up` says where its server is."""
    return settings().folder("prefect") / "api-url"


def api_url() -> str:
    """Return the API's address: PREFECT_API_URL as set, else what `biye up` wrote, else the usual port."""
    if given := os.environ.get("PREFECT_API_URL"):
        return given
    file = address_file()
    return file.read_text().strip() if file.exists() else url_of(settings().api_port)


@contextmanager
def connected() -> Iterator[str]:
    """Let Prefect's client talk to this installation's server, whatever profile the user has."""
    with temporary_settings({PREFECT_API_URL: api_url()}):
        yield api_url()
