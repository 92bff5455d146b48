"""The registry's stand-in on a port of its own, and an installation that knows of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from biye.sandbox.registry_server import Fault, RegistryServer, serving
from models.certificate import RegistryRow
from models.outbox import Outgoing
from models.settings import settings
from tasks.numbers import allocate_numbers
from tasks.registry_exchange import take_results
from tasks.registry_export import export_lot
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import NOW, SEASON, case, column, give_photos, let_upload, lot, reference, rows_of

TOKEN = "s3cret-of-the-sandbox"


@pytest.fixture
def stand_in(season: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    """A stand-in that asks for a token, set up in this installation; one call may take ten seconds."""
    server = RegistryServer(0, tmp_path / "sandbox", TOKEN)
    server.slow = 1.2
    set_up(monkeypatch, BIYE_REGISTRY_URL=server.url, BIYE_REGISTRY_TOKEN=TOKEN, BIYE_REGISTRY_SECONDS="10")
    with serving(server), closing(server.socket):
        yield server


def set_up(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Set variables of the installation."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def approved(count: int = 2, part: int = 1, first: int = 1, photo: bool = False, **changed: Any) -> int:
    """A lot's package whose upload is approved; first: serial of its first graduate; photo: of each."""
    same = lot(part=part)
    ids = [case(same, serial, **changed) for serial in range(first, first + count)]
    if photo:
        give_photos(*ids)
    return exported(same)


def exported(lot_id: int) -> int:
    """The lot's next package, its upload approved."""
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    package = export_lot(lot_id, january_2020(), reference(), NOW)
    assert package is not None
    let_upload(package)
    return package


def numbers_of(package: int) -> list[str]:
    """The certificate numbers of a package."""
    return sorted(row["number"] for row in rows_of(RegistryRow) if row["package_id"] == package)


def results(package: int) -> dict[str, int]:
    """Take in what the registry answers to a package; returns the rows by outcome."""
    return take_results(package, january_2020(), reference(), NOW)


def states() -> set[str]:
    """The states of registration that any case has."""
    return set(column("registration").values())


def the_row() -> dict[str, Any]:
    """The only row of the outbox."""
    (row,) = rows_of(Outgoing)
    return row


EVERY_FAULT = [fault for fault in Fault if fault is not Fault.TWICE]
