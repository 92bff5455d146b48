"""Addresses that personal data may come from or go to: HTTPS or this machine, and no secret in them."""

from urllib.parse import parse_qs, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRETS = frozenset({"token", "access_token", "api_key", "apikey", "key", "password", "secret", "sig"})


def doubt_address(url: str) -> str | None:
    """Return why an address is not used, in both languages; None if it is good.

    >>> doubt_address("https://files.example/grades.csv")
    >>> doubt_address("http://files.example/grades.csv")
    '须用 HTTPS (HTTPS only)'
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "不是网址 (no URL)"
    if not host or parts.scheme not in ("http", "https") or not url.isascii() or " " in url:
        return "不是网址 (no URL)"
    if parts.scheme == "http" and host not in LOOPBACK:
        return "须用 HTTPS (HTTPS only)"
    named = {name.lower() for name in parse_qs(parts.query, keep_blank_values=True)}
    if parts.username is not None or named & _SECRETS:
        return "网址里不得有用户名、口令或令牌 (no name, password or token in the URL)"
    return "网址里不得有 # (no fragment)" if parts.fragment else None


def host_of(url: str) -> str:
    """Return the host of an address, all of it that messages show."""
    return urlsplit(url).hostname or ""
