"""Registration over HTTP: each row is with the registry exactly once, whatever breaks in between (T4)."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import update

from biye.sandbox.registry_server import Fault, RegistryServer
from models import archive
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import transaction
from models.outbox import OutboxState, Outgoing
from models.settings import settings
from models.submission import Submission
from rules.refusals import BiyeError, Refused, Unknown, Unsent
from tasks import outbox
from tasks.intake import take_in
from tasks.receiving import receive
from tasks.registration import mark_sent
from tasks.registry_exchange import (
    packages_to_ask,
    packages_to_send,
    retry_upload,
    send_package,
    take_results,
)
from tasks.registry_export import export_lot
from tasks.registry_http import Registry, registry
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import NOW, SEASON, case, column, let_upload, lot, reference, rows_of, season
from tests.tasks.registry_line import EVERY_FAULT, approved, numbers_of, set_up, stand_in

pytestmark = pytest.mark.usefixtures(season.__name__, stand_in.__name__)
CERTAINLY_NOT, PERHAPS = {Fault.BUSY}, set(EVERY_FAULT) - {Fault.BUSY}


def states() -> set[str]:
    return set(column("registration").values())


def results(package: int) -> dict[str, int]:
    return take_results(package, january_2020(), reference(), NOW)


def the_row() -> dict[str, Any]:
    (row,) = rows_of(Outgoing)
    return row


def test_an_approved_package_is_uploaded_answered_and_taken_in_as_a_receipt_file(
    stand_in: RegistryServer,
) -> None:  # T4
    package = approved(2)
    assert (packages_to_send(SEASON), packages_to_ask(SEASON)) == ([package], [])
    assert send_package(package, NOW) is OutboxState.DONE
    assert states() == {"sent"}
    assert (packages_to_send(SEASON), packages_to_ask(SEASON)) == ([], [package])
    assert results(package)["accepted"] == 2
    assert states() == {"accepted"}
    assert packages_to_ask(SEASON) == []
    assert stand_in.store.registered() == numbers_of(package)
    receipt = rows_of(Submission)[-1]
    assert (receipt["kind"], receipt["branch"], receipt["state"]) == ("registry-receipt", "010", "judged")
    assert archive.fetch(receipt["sha256"]) == stand_in.store.results(the_row()["key"])


def test_without_an_address_packages_are_exchanged_as_files(monkeypatch: pytest.MonkeyPatch) -> None:
    package = approved(1)
    set_up(monkeypatch, BIYE_REGISTRY_URL="")
    assert registry() is None
    assert packages_to_send(SEASON) == packages_to_ask(SEASON) == []
    mark_sent(package, "王", NOW)
    set_up(monkeypatch, BIYE_REGISTRY_URL="http://127.0.0.1:9")
    assert packages_to_ask(SEASON) == [], "what was uploaded by hand is answered by hand"
    assert send_package(package, NOW) is OutboxState.DONE
    assert rows_of(Outgoing) == []


def test_sending_and_taking_again_changes_nothing() -> None:
    package = approved(1)
    send_package(package, NOW)
    results(package)
    tables = (Outgoing, RegistryPackage, RegistryRow, Submission)
    before = [rows_of(table) for table in tables]
    assert send_package(package, NOW + timedelta(days=1)) is OutboxState.DONE
    results(package)
    assert [rows_of(table) for table in tables] == before


@pytest.mark.parametrize("fault", EVERY_FAULT)
def test_whatever_breaks_each_row_is_registered_once(stand_in: RegistryServer, fault: Fault) -> None:  # T4
    package = approved(2)
    stand_in.faults = [fault]
    with pytest.raises(Unsent if fault in CERTAINLY_NOT else Unknown):
        send_package(package, NOW)
    assert states() == ({"exported"} if fault in CERTAINLY_NOT else {"unknown"})
    assert the_row()["state"] == ("new" if fault in CERTAINLY_NOT else "unknown")
    assert packages_to_send(SEASON) == [package]
    assert send_package(package, NOW) is OutboxState.DONE
    assert states() == {"sent"}
    assert stand_in.store.registered() == numbers_of(package)
    assert stand_in.store.counts() == (1, 2, 2)


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


def test_a_package_that_nobody_approved_or_that_was_altered_does_not_leave(stand_in: RegistryServer) -> None:
    package = approved(1)
    kept = Path(archive.path_of(rows_of(RegistryPackage)[0]["archived"]))
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    with pytest.raises(Refused) as refused:
        send_package(package, NOW)
    assert refused.value.code == "T4-package-altered"
    other = lot(part=2)
    case(other, 9)
    with transaction() as db:
        db.execute(update(table_of(RegistryPackage)).values(archived=archive.keep(b"other bytes")))
    assert stand_in.store.counts() == (0, 0, 0)
    assert rows_of(Outgoing) == []


def test_a_package_that_the_registry_refused_goes_again_only_when_a_person_says_so(
    stand_in: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = approved(1)
    monkeypatch.setattr("tasks.registry_exchange.upload_key", lambda package, archived: "Not_a_key")
    with pytest.raises(Refused) as refused:
        send_package(package, NOW)
    assert refused.value.code == "T4-registry-refused"
    assert (the_row()["state"], the_row()["code"]) == ("refused", "T4-registry-refused")
    assert send_package(package, NOW) is OutboxState.REFUSED
    with transaction() as db:
        db.execute(update(table_of(Outgoing)).values(key="1-good"))
    retry_upload(package, "王芳", NOW)
    assert send_package(package, NOW) is OutboxState.DONE
    with pytest.raises(Refused) as nothing:
        retry_upload(package, "王芳", NOW)
    assert nothing.value.code == "T4-registry-not-refused"


def test_an_upload_by_hand_settles_what_was_unknown(stand_in: RegistryServer) -> None:
    package = approved(1)
    stand_in.faults = [Fault.DROP_BEFORE]
    with pytest.raises(Unknown):
        send_package(package, NOW)
    assert mark_sent(package, "王芳", NOW) == 1
    assert (the_row()["state"], states()) == ("done", {"sent"})
    assert (packages_to_send(SEASON), packages_to_ask(SEASON)) == ([], [])


def test_a_wrong_token_sends_nothing_and_the_right_one_does(
    stand_in: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, token = approved(1), settings().registry_token
    set_up(monkeypatch, BIYE_REGISTRY_TOKEN="wrong")
    with pytest.raises(Unsent) as unsent:
        send_package(package, NOW)
    assert unsent.value.code == "T4-registry-token"
    assert states() == {"exported"}
    file = settings().folder("keys") / "registry.token"
    file.write_text(token.get_secret_value())
    monkeypatch.delenv("BIYE_REGISTRY_TOKEN")
    settings.cache_clear()
    file.chmod(0o644)
    with pytest.raises(Refused) as refused:
        send_package(package, NOW)
    assert refused.value.code == "T4-registry-token-open"
    file.chmod(0o600)
    assert send_package(package, NOW) is OutboxState.DONE


def test_a_registry_that_is_not_there_leaves_everything_to_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    package = approved(1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    set_up(monkeypatch, BIYE_REGISTRY_URL=f"http://127.0.0.1:{port}")
    with pytest.raises(Unsent) as unsent:
        send_package(package, NOW)
    assert unsent.value.code == "T4-registry-unreachable"
    assert (the_row()["state"], states()) == ("new", {"exported"})


@pytest.mark.parametrize(
    "address",
    [
        "http://registry.example",
        "ftp://127.0.0.1",
        "https://a:b@registry.example",
        "https://r.example/?k=1",
        "x",
    ],
)
def test_graduates_data_go_over_https_or_stay_on_this_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, BIYE_REGISTRY_URL=address)
    with pytest.raises(Refused) as refused:
        packages_to_send(SEASON)
    assert refused.value.code == "T4-registry-address"
    assert address not in str(refused.value) or address == "x"


def test_an_answer_that_only_trickles_in_ends_at_the_deadline_of_the_whole_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def trickle() -> None:
            with listening.accept()[0] as line, suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.05):
                    line.sendall(b"X-More: and more\r\n")

        thread = threading.Thread(target=trickle)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(Unknown):
            Registry(f"http://127.0.0.1:{listening.getsockname()[1]}", "", 0.4).upload("1-a", b"package")
        assert time.monotonic() - begun < 2
        stop.set()
        thread.join()


def test_a_row_that_the_answer_has_twice_counts_once(stand_in: RegistryServer) -> None:
    package = approved(2)
    send_package(package, NOW)
    stand_in.faults = [Fault.TWICE]
    assert results(package) | {"refused": 0} == {
        "accepted": 2, "refused": 0, "held": 0, "parked": 0, "duplicate": 2,
    }  # fmt: skip
    assert states() == {"accepted"}


def test_an_answer_to_an_earlier_package_is_no_answer_to_a_later_one(stand_in: RegistryServer) -> None:
    first = approved(1, person={"name": ""})  # the registry wants a name
    send_package(first, NOW)
    results(first)
    assert states() == {"rejected"}
    lot_id = rows_of(RegistryPackage)[0]["lot_id"]
    second = export_lot(lot_id, january_2020(), reference(), NOW, again=True)
    assert second is not None
    mark_unapproved_as_sent(second)
    late = stand_in.store.results(the_row()["key"])
    assert late is not None
    receipt = receive(SEASON, "registry-receipt", "010", "late.csv", late + b"\r\n", NOW)
    take_in(receipt, january_2020(), reference(), NOW)
    assert states() == {"sent"}


def mark_unapproved_as_sent(package: int) -> None:
    let_upload(package)
    mark_sent(package, "王", NOW)
