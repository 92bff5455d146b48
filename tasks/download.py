"""One file over HTTP: resumed where a connection broke, capped, in a total time, as its checksum says.

A GET changes nothing there, so its failures are Refused or Unsent, never Unknown.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from urllib.parse import unquote, urlsplit

import httpx

import rules.refusals_pull  # noqa: F401  registers its codes
from rules.checksums import stated_digests
from rules.refusals import Refused, Unsent
from rules.web_address import doubt_address, host_of
from tasks.size_cap import refuse_over_cap

_TRIES = 5  # connections for one file
_PAUSE = 0.2  # seconds, doubled each time
_LATER = frozenset({408, 425, 429})
_LONGEST_NAME = 200
_RANGE = re.compile(r"bytes ([0-9]+)-[0-9]+/(?:[0-9]+|\*)")
# No proxy of the environment, no redirect: a token goes to the host that was named and nowhere else.
_client = partial(httpx.AsyncClient, trust_env=False, follow_redirects=False)


@dataclass(frozen=True)
class Wanted:
    """What to fetch. kind: whose size cap holds; etag: of the copy that is here; seconds: for all of it."""

    url: str
    kind: str
    seconds: float
    token: str = field(default="", repr=False)
    etag: str = ""

    @property
    def host(self) -> str:
        """The host, all of the address that messages show."""
        return host_of(self.url)


@dataclass
class Download:
    """A file as far as it came. digests: every SHA-256 that the server stated of the whole of it."""

    data: bytearray = field(default_factory=bytearray)
    etag: str = ""
    filename: str = ""
    digests: frozenset[str] = frozenset()

    @property
    def resumable(self) -> bool:
        """Whether the rest can be asked for: a strong ETag says that it is still the same file."""
        return bool(self.data and self.etag and not self.etag.startswith("W/"))


def download(wanted: Wanted) -> Download | None:
    """Fetch a file; None where the server says that it is the one which is here.

    Raises Refused pull-address, pull-status, pull-answer, pull-checksum, file-over-cap; Unsent pull-….
    """
    if doubt := doubt_address(wanted.url):
        raise Refused("pull-address", why=doubt)
    try:
        return asyncio.run(_within(wanted))
    except TimeoutError:
        raise Unsent("pull-slow", host=wanted.host, seconds=wanted.seconds) from None


async def _within(wanted: Wanted) -> Download | None:
    # Limits of httpx hold for each read alone; this one holds for the call.
    async with asyncio.timeout(wanted.seconds), _client(timeout=wanted.seconds) as client:
        return await _persistently(client, wanted)


async def _persistently(client: httpx.AsyncClient, wanted: Wanted) -> Download | None:
    """Connect again where the connection breaks, going on where the server lets us."""
    got, reached = Download(), False
    for tried in range(_TRIES):
        try:
            return await _ask(client, wanted, got)
        except httpx.TransportError as error:
            reached |= not isinstance(error, httpx.ConnectError)
            await asyncio.sleep(_PAUSE * 2**tried)
    if reached:
        raise Unsent("pull-cut", host=wanted.host, size=len(got.data))
    raise Unsent("pull-unreachable", host=wanted.host)


async def _ask(client: httpx.AsyncClient, wanted: Wanted, got: Download) -> Download | None:
    async with client.stream("GET", wanted.url, headers=_headers(wanted, got)) as answer:
        if answer.status_code == 304 and wanted.etag:
            return None
        _check_status(answer, wanted)
        _begin(answer, wanted, got)
        announced = int(answer.headers.get("content-length", 0))
        refuse_over_cap(len(got.data) + announced, wanted.kind, got.filename)
        async for chunk in answer.aiter_raw():
            got.data += chunk
            refuse_over_cap(len(got.data), wanted.kind, got.filename)
    return _checked(wanted, got)


def _headers(wanted: Wanted, got: Download) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if wanted.token:
        headers["Authorization"] = f"Bearer {wanted.token}"
    if got.resumable:
        return headers | {"Range": f"bytes={len(got.data)}-", "If-Range": got.etag}
    return headers | ({"If-None-Match": wanted.etag} if wanted.etag else {})


def _check_status(answer: httpx.Response, wanted: Wanted) -> None:
    """Raise Unsent pull-busy for what may pass, Refused pull-status for what will not."""
    status = answer.status_code
    if status >= 500 or status in _LATER:
        raise Unsent("pull-busy", host=wanted.host, status=status)
    if status not in (200, 206):
        raise Refused("pull-status", host=wanted.host, status=status)


def _begin(answer: httpx.Response, wanted: Wanted, got: Download) -> None:
    """Go on where the file broke off (206), or start it anew (200)."""
    if answer.status_code == 206:
        found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        if not (got.resumable and found and int(found[1]) == len(got.data)):
            raise _unusable(wanted, "不是所要的部分 (not the part that was asked for)")
    else:
        got.data.clear()
        got.digests = frozenset()  # it may be another file by now
    got.etag = answer.headers.get("etag", "")
    got.filename = got.filename or _name_of(answer, wanted)
    try:
        got.digests = got.digests | stated_digests(answer.headers)
    except ValueError:
        raise _unusable(wanted, "校验值无法识别 (unreadable checksum)") from None
    _check_end_known(answer, wanted, got)


def _check_end_known(answer: httpx.Response, wanted: Wanted, got: Download) -> None:
    """Raise Refused where half a file could pass for a whole one, or its bytes are not the file's."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise _unusable(wanted, "经过压缩 (compressed)")
    chunked = "chunked" in answer.headers.get("transfer-encoding", "")
    if not (chunked or "content-length" in answer.headers or got.digests):
        raise _unusable(wanted, "既无长度也无校验值 (neither length nor checksum)")


def _unusable(wanted: Wanted, why: str) -> Refused:
    return Refused("pull-answer", host=wanted.host, why=why)


def _name_of(answer: httpx.Response, wanted: Wanted) -> str:
    """Return the file's name: as the server says, else the end of the address; never a path."""
    said = Message()
    said["content-disposition"] = answer.headers.get("content-disposition", "")
    name = said.get_filename() or unquote(urlsplit(wanted.url).path)
    name = re.split(r"[/\\]", name)[-1].strip()
    return "".join(char for char in name if char.isprintable())[-_LONGEST_NAME:] or wanted.kind


def _checked(wanted: Wanted, got: Download) -> Download:
    """Return a whole file; Refused pull-checksum where it is not the one that the server meant."""
    found = hashlib.sha256(got.data).hexdigest()
    for stated in got.digests - {found}:
        raise Refused("pull-checksum", host=wanted.host, stated=stated[:12], found=found[:12])
    return got
