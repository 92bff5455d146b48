"""The registry's stand-in (演示替身) on a real port: takes packages by key, answers by key, and misbehaves.

Every answer says that it is a sandbox. It speaks what `tasks.registry_http` describes.
"""

import hmac
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from biye.sandbox.registry_rows import USUAL, Check, NotAPackage
from biye.sandbox.registry_store import LABEL, OtherBytes, RegistryStore

_PATH = re.compile("/packages/(?P<key>[0-9a-z-]{1,128})(?P<results>/results)?")
_SLOW = 3.0  # seconds
_LARGEST = 2048 << 20


class Fault(StrEnum):
    """How one upload is to go wrong, or one answer with results (twice)."""

    DROP_BEFORE = "drop-before"  # the line is cut before anything is taken
    DROP_AFTER = "drop-after"  # the package is taken, the line is cut before the answer
    ERROR = "error"  # 500, nothing taken
    ERROR_AFTER = "error-after"  # 500, and the package was taken all the same
    BUSY = "busy"  # 429, nothing taken
    SLOW = "slow"  # the package is taken, the answer comes late
    TWICE = "twice"  # every row of the results stands twice


class RegistryServer(ThreadingHTTPServer):
    """The stand-in. faults: what goes wrong with the next uploads, one each, then nothing more."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        port: int,
        folder: Path,
        token: str = "",
        checks: Collection[Check] = USUAL,
        faults: Iterable[Fault] = (),
    ) -> None:
        """Listen on this machine alone; port 0: any that is free. token: asked for where one is given."""
        self.store, self.token, self.faults = RegistryStore(folder, checks), token, list(faults)
        self.slow = _SLOW
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """What BIYE_REGISTRY_URL has to be."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that did not wait for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def fault(self, results: bool) -> Fault | None:
        """Take the next fault off the list if it is one of this kind of request."""
        if self.faults and (self.faults[0] is Fault.TWICE) == results:
            return self.faults.pop(0)
        return None


@contextmanager
def serving(server: RegistryServer) -> Iterator[RegistryServer]:
    """Serve in a thread as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: RegistryServer
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """Take a package under its key, unless a fault comes in between."""
        found = _PATH.fullmatch(self.path)
        fault = self.server.fault(results=False)
        data = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _LARGEST))
        if fault is Fault.DROP_BEFORE:
            return self._drop()
        if not self._is_known():
            return self._say(HTTPStatus.UNAUTHORIZED)
        if found is None or found["results"]:
            return self._say(HTTPStatus.NOT_FOUND)
        if fault in (Fault.ERROR, Fault.BUSY):
            busy = fault is Fault.BUSY
            return self._say(HTTPStatus.TOO_MANY_REQUESTS if busy else HTTPStatus.INTERNAL_SERVER_ERROR)
        return self._accept(found["key"], data, fault)

    def _accept(self, key: str, data: bytes, fault: Fault | None) -> None:
        try:
            receipt = self.server.store.accept(key, data)
        except NotAPackage:
            return self._say(HTTPStatus.UNPROCESSABLE_ENTITY)
        except OtherBytes:
            return self._say(HTTPStatus.CONFLICT)
        if fault is Fault.DROP_AFTER:
            return self._drop()
        if fault is Fault.ERROR_AFTER:
            return self._say(HTTPStatus.INTERNAL_SERVER_ERROR)
        if fault is Fault.SLOW:
            time.sleep(self.server.slow)
        return self._say(HTTPStatus.OK, **asdict(receipt))

    def do_GET(self) -> None:
        """Answer what was taken under a key, or with its results; without a key the page for people."""
        if self.path == "/":
            return self._page()
        found = _PATH.fullmatch(self.path)
        if not self._is_known():
            return self._say(HTTPStatus.UNAUTHORIZED)
        if found is None:
            return self._say(HTTPStatus.NOT_FOUND)
        if found["results"]:
            twice = self.server.fault(results=True) is Fault.TWICE
            file = self.server.store.results(found["key"], twice)
            return self._say(HTTPStatus.NOT_FOUND) if file is None else self._write(file, "text/csv")
        receipt = self.server.store.receipt_of(found["key"])
        return self._say(HTTPStatus.OK, **asdict(receipt)) if receipt else self._say(HTTPStatus.NOT_FOUND)

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return not self.server.token or hmac.compare_digest(given.encode(), self.server.token.encode())

    def _page(self) -> None:
        packages, rows, registered = self.server.store.counts()
        said = f"数据包 packages {packages} · 行 rows {rows} · 已注册 registered {registered}"
        body = f"<!doctype html><meta charset='utf-8'><title>{LABEL}</title><h1>{LABEL}</h1><p>{said}</p>"
        self._write(body.encode(), "text/html; charset=utf-8")

    def _say(self, status: HTTPStatus, **facts: Any) -> None:
        body = json.dumps({"sandbox": LABEL, "status": status.phrase, **facts}, ensure_ascii=False)
        self._write(body.encode(), "application/json", status)

    def _write(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "X-Sandbox": "not CHSI"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Write no line a request: keys are no secret, but nobody reads them either."""
