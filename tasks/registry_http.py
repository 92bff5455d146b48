"""The registry over HTTP (学历电子注册接口): one upload a key, asked for and answered by that key (T4).

The registry's side: `PUT packages/KEY` with a package's bytes answers {"receipt", "sha256"}, however often it
is sent; `GET packages/KEY` answers the same, or 404; `GET packages/KEY/results` a receipt file once there is
one. Keys hold no personal data.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

import rules.refusals_registry  # noqa: F401  registers its codes
from models.keys import open_to_others
from models.settings import settings
from rules.refusals import Refused, Unknown, Unsent
from rules.web_address import doubt_address

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LATER = frozenset({408, 425, 429})  # taken by nobody, and may be taken the next time
_RECEIPT_WIDTH = 64
Failure = Callable[..., Unsent | Unknown]


@dataclass(frozen=True)
class Registry:
    """The registry's interface. seconds: that one call may take in all, whatever trickles in meanwhile."""

    address: str
    token: str = field(repr=False)
    seconds: float

    def upload(self, key: str, package: bytes) -> str:
        """Send a package and return the registry's receipt; the same key again changes nothing there.

        Raises Refused T4-registry-refused; Unsent T4-registry-unreachable, -token, -busy; Unknown
        T4-registry-unknown, -answer.
        """
        answer = self._call("PUT", f"packages/{key}", Unknown, package)
        if 300 <= answer.status_code < 500:
            raise Refused("T4-registry-refused", status=answer.status_code)
        return _receipt_in(answer, hashlib.sha256(package).hexdigest())

    def receipt_of(self, key: str, archived: str) -> str | None:
        """Return the registry's receipt for a key, None if it knows of nothing. archived: SHA-256 sent.

        Raises Unsent T4-registry-…, when it cannot be asked; Unknown T4-registry-answer.
        """
        answer = self._call("GET", f"packages/{key}", Unsent)
        return None if answer.status_code == 404 else _receipt_in(answer, archived)

    def results(self, key: str) -> bytes | None:
        """Return the receipt file that answers a package, None while there is none. Raises as receipt_of."""
        answer = self._call("GET", f"packages/{key}/results", Unsent)
        return answer.content if answer.status_code == 200 else None

    def _call(self, method: str, path: str, unsure: Failure, content: bytes = b"") -> httpx.Response:
        """Return the answer. unsure: what a call is that broke off after it began."""
        where: dict[str, Any] = {"address": self.address}
        try:
            answer = asyncio.run(self._answer(method, path, content))
        except _NEVER_SENT:
            raise Unsent("T4-registry-unreachable", **where) from None
        except (httpx.HTTPError, TimeoutError):
            raise unsure("T4-registry-unknown", **where) from None
        if answer.status_code in (401, 403):
            raise Unsent("T4-registry-token", **where, status=answer.status_code)
        if answer.status_code in _LATER:
            raise Unsent("T4-registry-busy", **where, status=answer.status_code)
        if answer.status_code >= 500:
            raise unsure("T4-registry-unknown", **where)
        return answer

    async def _answer(self, method: str, path: str, content: bytes) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        # No proxy of the environment: a package goes to the registry and nowhere else.
        client = httpx.AsyncClient(timeout=self.seconds, trust_env=False)
        # Limits of httpx hold for each read alone; this one holds for the call.
        async with asyncio.timeout(self.seconds), client:
            return await client.request(method, f"{self.address}/{path}", content=content, headers=headers)


def _receipt_in(answer: httpx.Response, archived: str) -> str:
    """Return the receipt that an answer gives for these bytes; Unknown T4-registry-answer."""
    try:
        said = answer.json() if answer.is_success else {}
    except ValueError:
        said = {}
    facts = said if isinstance(said, dict) else {}
    receipt = facts.get("receipt")
    if isinstance(receipt, str) and 0 < len(receipt) <= _RECEIPT_WIDTH and facts.get("sha256") == archived:
        return receipt
    raise Unknown("T4-registry-answer", status=answer.status_code)


def registry() -> Registry | None:
    """Return the registry as it is set up; None where packages are exchanged as files.

    Raises Refused T4-registry-address, T4-registry-token-open.
    """
    known = settings()
    if not known.registry_url:
        return None
    return Registry(_checked(known.registry_url), _token(), known.registry_seconds)


def _checked(address: str) -> str:
    """Return an address that may carry graduates' data: HTTPS, or this machine; without name or password."""
    if doubt_address(address) or "?" in address:
        raise Refused("T4-registry-address")
    return address.rstrip("/")


def _token() -> str:
    """Return the token of the environment, else of keys/registry.token, which only its owner may read."""
    given = settings().registry_token.get_secret_value()
    file = settings().keys / "registry.token"
    if given or not file.exists():
        return given
    if open_to_others(file):
        raise Refused("T4-registry-token-open", file=file)
    return file.read_text(encoding="utf-8").strip()
