"""Where this installation's Prefect server is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from models.settings import settings
from rules.refusals import Reason, Refused, register

register(
    Reason(
        "server-unreachable",
        "G2",
        "连接不到 Prefect 服务 {url}。",
        "The Prefect server at {url} cannot be reached.",
        "请先运行 biye up，或用 PREFECT_API_URL 指定服务地址。",
        "Run biye up first, or name the server with PREFECT_API_URL.",
    )
)


def url_of(port: int) -> str:
    """Return the API's address of a server on this machine."""
    return f"http://127.0.0.1:{port}/api"


def address_file() -> Path:
    """Return the file in which a running `biye up` says where its server is."""
    return settings().root / "prefect" / "api-url"


def api_url() -> str:
    """Return the API's address: PREFECT_API_URL as set, else what `biye up` wrote, else the usual port."""
    if given := os.environ.get("PREFECT_API_URL"):
        return given
    file = address_file()
    return file.read_text().strip() if file.exists() else url_of(settings().api_port)


@contextmanager
def connected() -> Iterator[str]:
    """Let Prefect's client talk to this installation's server, whatever profile the user has.

    Raises Refused server-unreachable, also where the server goes away in between.
    """
    url = api_url()
    with temporary_settings({PREFECT_API_URL: url}):
        with get_client(sync_client=True) as client:
            if client.api_healthcheck() is not None:
                raise Refused("server-unreachable", url=url)
        try:
            yield url
        except httpx.TransportError:
            raise Refused("server-unreachable", url=url) from None
