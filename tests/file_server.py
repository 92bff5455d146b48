"""A real HTTP server on a loopback port that offers one file, well or badly."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FileServer(ThreadingHTTPServer):
    """Offers `data` at any path. asked: the headers of every request, in order."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        """Take a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data, self.etag, self.token, self.status = data, '"v1"', "", 200
        self.cut_after: list[int] = []  # bytes after which each of the next connections breaks
        self.more: dict[str, str] = {}
        self.dawdle = 0.0  # seconds between two bytes
        self.chunked_without_end = False
        self.before_resume: Callable[[], None] = lambda: None
        self.asked: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where the file is offered."""
        return f"http://127.0.0.1:{self.server_address[1]}/files/roster.csv"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FileServer

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        offers, asked = self.server, {name.lower(): value for name, value in self.headers.items()}
        if "range" in asked:
            offers.before_resume()
        offers.asked.append(asked)
        if offers.token and asked.get("authorization") != f"Bearer {offers.token}":
            return self._head(401, 0)
        if offers.status != 200:
            return self._head(offers.status, 0)
        if asked.get("if-none-match") == offers.etag:
            return self._head(304, 0)
        return self._send(asked)

    def _send(self, asked: dict[str, str]) -> None:
        offers, start = self.server, 0
        if "range" in asked and asked.get("if-range") == offers.etag:
            start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
        rest = offers.data[start:]
        if start:
            self._head(206, len(rest), f"bytes {start}-{len(offers.data) - 1}/{len(offers.data)}")
        else:
            self._head(200, len(rest))
        keep = offers.cut_after.pop(0) if offers.cut_after else len(rest)
        self._write(rest[:keep])
        if keep < len(rest):
            self.close_connection = True

    def _write(self, data: bytes) -> None:
        if not self.server.dawdle:
            self.wfile.write(data)
            return
        for byte in data:
            self.wfile.write(bytes([byte]))
            time.sleep(self.server.dawdle)

    def _head(self, status: int, length: int, content_range: str = "") -> None:
        self.send_response(status)
        if "content-length" not in self.server.more:
            self.send_header("Content-Length", str(length))
        if self.server.etag:
            self.send_header("ETag", self.server.etag)
        if content_range:
            self.send_header("Content-Range", content_range)
        for name, value in self.server.more.items():
            if value:
                self.send_header(name, value)
        self.end_headers()


@contextmanager
def offering(data: bytes) -> Iterator[FileServer]:
    """Offer a file on a free port until the end of the block."""
    server = FileServer(data)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hex_digest(data: bytes) -> str:
    """Return the SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()
