"""Registration over HTTP: a package goes up, is answered, and each row is registered once (T4)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from biye.sandbox.registry_server import Fault, RegistryServer
from models import archive
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import transaction
from models.outbox import OutboxState, Outgoing
from models.settings import settings
from models.submission import Submission
from rules.refusals import Refused, Unknown, Unsent
from tasks.intake import take_in
from tasks.receiving import receive
from tasks.registration import mark_sent
from tasks.registry_exchange import packages_to_ask, packages_to_send, retry_upload, send_package
from tasks.registry_export import export_lot
from tasks.registry_http import registry
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import NOW, SEASON, case, let_upload, lot, reference, rows_of, season
from tests.tasks.registry_line import (
    EVERY_FAULT,
    approved,
    numbers_of,
    results,
    set_up,
    stand_in,
    states,
    the_row,
)

pytestmark = pytest.mark.usefixtures(season.__name__, stand_in.__name__)
CERTAINLY_NOT = {Fault.BUSY}


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
    stand_in.faults, patient = [fault], settings().registry_seconds
    settings().registry_seconds = 0.5 if fault is Fault.SLOW else patient
    with pytest.raises(Unsent if fault in CERTAINLY_NOT else Unknown):
        send_package(package, NOW)
    settings().registry_seconds = patient
    assert states() == ({"exported"} if fault in CERTAINLY_NOT else {"unknown"})
    assert the_row()["state"] == ("new" if fault in CERTAINLY_NOT else "unknown")
    assert packages_to_send(SEASON) == [package]
    assert send_package(package, NOW) is OutboxState.DONE
    assert states() == {"sent"}
    assert stand_in.store.registered() == numbers_of(package)
    assert stand_in.store.counts() == (1, 2, 2)


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
