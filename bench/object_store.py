"""An S3-compatible store on this machine, as a stand-in for a university's: moto, on any free port."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pyarrow import fs

BUCKET = "biye"
ASKS = {"AWS_ACCESS_KEY_ID": "biye", "AWS_SECRET_ACCESS_KEY": "biye", "AWS_DEFAULT_REGION": "us-east-1"}
_STARTS_WITHIN = 60.0  # seconds


@contextmanager
def object_store(host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an empty bucket; yields HOST:PORT. Whoever asks needs the environment `ASKS`."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", host, "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://{host}:{port}/", server)
        _make_bucket(f"{host}:{port}")
        yield f"{host}:{port}"
    finally:
        server.terminate()
        server.wait()


def address(server: str, path: str) -> str:
    """Return the address of a path in the bucket, as BIYE_ARCHIVE_URL takes it."""
    return f"s3://{BUCKET}/{path}?endpoint_override={server}&scheme=http&region=us-east-1"


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while server.poll() is None and time.monotonic() < until:
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise OSError(f"moto.server did not answer at {url}")


def _make_bucket(server: str) -> None:
    who, secret, region = ASKS.values()
    place = {"endpoint_override": server, "scheme": "http", "region": region, "allow_bucket_creation": True}
    fs.S3FileSystem(access_key=who, secret_key=secret, **place).create_dir(BUCKET)
