"""The installation's keys and what is done with them: ID numbers encrypted, looked up and masked."""

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import rules.refusals_installation  # noqa: F401  registers its codes
from models.settings import settings
from rules.refusals import Refused

NAMES = ("id", "index", "seal")
_NONCE = 12


@lru_cache
def key(name: str) -> bytes:
    """Return the 32-byte key `name` (id, index, seal), made at first use with mode 0600.

    Raises Refused keys-not-shared where keys are shared and this one is missing: a machine that made its own
    would write what no other can read.
    """
    path = settings().keys / f"{name}.key"
    if not path.exists():
        if settings().keys_folder:
            raise Refused("keys-not-shared", file=path)
        _create(path)
    return bytes.fromhex(path.read_text())


def make_keys() -> None:
    """Make every key that is missing: once, for a new installation, before other machines join."""
    for name in NAMES:
        if not (path := settings().keys / f"{name}.key").exists():
            _create(path)


def _create(path: Path) -> None:
    # Link after writing: of two processes that start together one wins, and nobody reads half a key.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def open_to_others(file: Path) -> bool:
    """Say whether others than its owner may read or write a file that holds a secret; OSError without one."""
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def encrypt_ids(numbers: Iterable[str]) -> list[bytes]:
    """Encrypt ID numbers with AES-256-GCM, a nonce of its own each."""
    cipher = AESGCM(key("id"))
    return [
        (nonce := os.urandom(_NONCE)) + cipher.encrypt(nonce, number.encode(), None) for number in numbers
    ]


def decrypt_ids(ciphers: Iterable[bytes]) -> list[str]:
    """Decrypt what `encrypt_ids` made."""
    cipher = AESGCM(key("id"))
    return [cipher.decrypt(bytes(c[:_NONCE]), bytes(c[_NONCE:]), None).decode() for c in ciphers]


def index_ids(numbers: Iterable[str]) -> list[bytes]:
    """Return the blind index of ID numbers: equal numbers have equal indexes, nothing else can be told."""
    prepared = hmac.new(key("index"), digestmod=hashlib.sha256)

    def one(number: str) -> bytes:
        mac = prepared.copy()
        mac.update(number.encode())
        return mac.digest()

    return [one(number) for number in numbers]
