"""Registration when workers die or overtake each other: each row is with the registry exactly once (T4)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import update

from biye.sandbox.registry_server import Fault, RegistryServer
from models.columns import table_of
from models.database import transaction
from models.outbox import OutboxState, Outgoing
from models.settings import settings
from rules.refusals import BiyeError
from tasks import outbox
from tasks.registry_exchange import send_package
from tasks.registry_http import Registry
from tests.tasks.graduates import NOW, column, season
from tests.tasks.registry_line import EVERY_FAULT, approved, numbers_of, results, stand_in, states, the_row

pytestmark = pytest.mark.usefixtures(season.__name__, stand_in.__name__)


class Killed(BaseException):
    """The process is dead."""


@contextmanager
def killed_at(step: int, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Die at the nth boundary: before or after each transaction of the outbox, and around the upload."""
    left = [step]

    def boundary() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    @contextmanager
    def dying() -> Iterator[Any]:
        boundary()
        with transaction() as db:
            yield db
            boundary()  # all is done, nothing is committed
        boundary()

    upload = Registry.upload

    def dying_upload(to: Registry, key: str, package: bytes) -> str:
        boundary()
        receipt = upload(to, key, package)
        boundary()
        return receipt

    with patch.context() as within:
        within.setattr(outbox, "transaction", dying)
        within.setattr(Registry, "upload", dying_upload)
        with suppress(Killed):
            yield


@pytest.mark.parametrize("step", range(12))
def test_killed_at_any_boundary_and_run_again_each_row_is_registered_once(
    stand_in: RegistryServer, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:  # T4
    package = approved(2)
    with killed_at(step, monkeypatch):
        send_package(package, NOW)
        assert step >= 11, "there are eleven boundaries, and this was not one"
    assert send_package(package, NOW) is OutboxState.DONE
    assert states() == {"sent"}
    assert stand_in.store.registered() == numbers_of(package)


MISFORTUNES = st.lists(st.sampled_from(EVERY_FAULT) | st.integers(0, 11), max_size=4)


@examples(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(misfortunes=MISFORTUNES)
def test_after_any_misfortunes_nothing_is_doubled_and_nothing_lost(
    stand_in: RegistryServer, misfortunes: list[Fault | int]
) -> None:  # T4
    stand_in.slow = 0.3
    settings().registry_seconds = 0.25
    before, serial = set(stand_in.store.registered()), len(column("registration")) + 1
    package = approved(1, part=serial, first=serial)
    for one in misfortunes:
        stand_in.faults = [one] if isinstance(one, Fault) else []
        step = one if isinstance(one, int) else 99
        with pytest.MonkeyPatch.context() as patch, suppress(BiyeError), killed_at(step, patch):
            send_package(package, NOW)
    stand_in.faults = []
    settings().registry_seconds = 5
    assert send_package(package, NOW) is OutboxState.DONE
    assert stand_in.store.registered() == sorted([*before, *numbers_of(package)])
    assert results(package)["accepted"] == 1


DIES_AFTER_THE_UPLOAD = """
import os
from tasks.registry_exchange import send_package
from tasks.registry_http import Registry
from tests.tasks.graduates import NOW
upload = Registry.upload
Registry.upload = lambda *given: (upload(*given), os._exit(9))
send_package({package}, NOW)
"""


def test_a_process_that_died_after_the_registry_accepted_leaves_nothing_to_send_twice(
    stand_in: RegistryServer,
) -> None:  # T4
    package = approved(1)
    died = subprocess.run(
        [sys.executable, "-c", DIES_AFTER_THE_UPLOAD.format(package=package)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert died.returncode == 9
    assert (the_row()["state"], states()) == ("sending", {"exported"})
    stand_in.faults = [Fault.ERROR]  # for an upload that must not come
    assert send_package(package, NOW) is OutboxState.DONE
    assert stand_in.faults == [Fault.ERROR]
    assert stand_in.store.registered() == numbers_of(package)


def test_of_two_workers_at_once_one_sends(stand_in: RegistryServer) -> None:  # T4
    package = approved(2)
    stand_in.faults, stand_in.slow = [Fault.SLOW], 0.4
    with ThreadPoolExecutor(2) as workers:
        came = list(workers.map(lambda _: send_package(package, NOW), range(2)))
    assert set(came) == {OutboxState.DONE, OutboxState.SENDING}
    assert stand_in.store.counts() == (1, 2, 2)
    assert states() == {"sent"}


def test_a_worker_believed_dead_can_write_nothing_any_more(stand_in: RegistryServer) -> None:
    package, upload = approved(1), Registry.upload

    def overtaken(to: Registry, key: str, data: bytes) -> str:
        with transaction() as db:  # another one has claimed the row meanwhile
            db.execute(update(table_of(Outgoing)).values(attempts=7, state="unknown"))
        return upload(to, key, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "upload", overtaken)
        with pytest.raises(outbox.LeaseLost):
            send_package(package, NOW)
    assert (the_row()["state"], states()) == ("unknown", {"exported"})
    assert send_package(package, NOW) is OutboxState.DONE
    assert stand_in.store.registered() == numbers_of(package)
