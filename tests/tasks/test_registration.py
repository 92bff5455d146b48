"""E-registration: export, upload, answers, and the day a record becomes public (T4, N7)."""

import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import update

from models import archive
from models.case import Case
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import transaction
from models.event import Event
from models.lot import Approval
from models.student import Student
from rules.refusals import Refused, Unsent
from tasks import registry_export
from tasks.approval import propose
from tasks.custody import dispatch_lot
from tasks.dbf import read_dbf
from tasks.numbers import allocate_numbers
from tasks.packing import pack_lot
from tasks.registration import export_lot, import_results, mark_sent
from tasks.registry_package import CONTROL, PHOTOS, TABLE
from tests.rules.policy_packs import january_2020
from tests.submitted import resident_id
from tests.tasks.graduates import (
    MATHEMATICS,
    NOW,
    SEASON,
    case,
    column,
    give_photos,
    hold,
    let_upload,
    lot,
    open_holds,
    reference,
    rows_of,
    season,
    submission,
)

pytestmark = pytest.mark.usefixtures(season.__name__)
STUDENTS, APPROVALS = table_of(Student), table_of(Approval)


def numbered(count: int = 2, **changed: Any) -> tuple[int, list[int]]:
    """A lot of so many numbered cases."""
    same = lot()
    ids = [case(same, serial, **changed) for serial in range(1, count + 1)]
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    return same, ids


def export(lot_id: int, as_of: datetime = NOW, again: bool = False) -> int | None:
    return export_lot(lot_id, january_2020(), reference(), as_of, again=again)


def sent(count: int = 2) -> tuple[int, list[int], list[str]]:
    """A lot whose package was uploaded, with its cases and their numbers."""
    same, ids = numbered(count)
    package = export(same)
    assert package is not None
    let_upload(package)
    assert mark_sent(package, "王", NOW) == count
    return same, ids, [row["number"] for row in rows_of(RegistryRow)]


def answers(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["number", "status", "reason"], dtype="str")


def packed(package: int = 1) -> dict[str, bytes]:
    (row,) = [row for row in rows_of(RegistryPackage) if row["id"] == package]
    with zipfile.ZipFile(BytesIO(archive.fetch(row["archived"]))) as content:
        return {name: content.read(name) for name in content.namelist()}


def test_the_package_has_the_graduates_their_photos_and_the_control_sheet() -> None:  # T4
    same, ids = numbered(2)
    photos = give_photos(ids[1])
    export(same)
    content = packed()
    assert set(content) == {TABLE, PHOTOS, CONTROL}
    table = read_dbf(content[TABLE])
    assert table["ZSBH"].tolist() == ["511618202006000001", "511618202006000002"]
    assert table["SFZH"].tolist() == [resident_id(1), resident_id(2)]
    assert set(table["RXRQ"]) == {"20170901"}
    with zipfile.ZipFile(BytesIO(content[PHOTOS])) as inner:
        assert {name: inner.read(name) for name in inner.namelist()} == {f"{resident_id(2)}.jpg": photos[0]}
    assert set(column("registration").values()) == {"exported"}


def test_the_registered_school_name_follows_the_entry_term() -> None:
    same = lot()
    case(same, 1, person={"entry_term": "201303"})
    case(same, 2, person={"entry_term": "201309"})
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    export(same)
    assert read_dbf(packed()[TABLE])["YXMC"].tolist() == ["中央广播电视大学", "国家开放大学"]


@pytest.mark.parametrize("track", ["certificate", "dispatch", "visibility"])
def test_a_missing_photo_and_the_partners_seal_do_not_stop_registration(track: str) -> None:  # N2, R1
    same, ids = numbered(1, person=MATHEMATICS)
    hold(ids[0], track, "partner-seal")
    assert export(same) == 1


def test_a_registration_hold_keeps_its_case_out_and_the_others_go() -> None:
    same, ids = numbered(2)
    hold(ids[0], "registration")
    export(same)
    assert [row["case_id"] for row in rows_of(RegistryRow)] == [ids[1]]
    assert column("registration") == {ids[0]: "none", ids[1]: "exported"}


def test_without_a_number_nobody_is_exported() -> None:
    same = lot()
    case(same, 1)
    assert export(same) is None
    assert rows_of(RegistryPackage) == []


def test_exporting_and_sending_again_changes_nothing() -> None:
    same, _, _ = sent()
    before = [rows_of(table) for table in (RegistryPackage, RegistryRow, Event)]
    assert export(same) is None
    assert mark_sent(1, "李", NOW + timedelta(days=1)) == 0
    assert [rows_of(table) for table in (RegistryPackage, RegistryRow, Event)] == before
    assert (before[0][0]["sent_by"], before[0][0]["sent_at"]) == ("王", NOW)


def test_an_unknown_package_cannot_be_sent() -> None:
    with pytest.raises(Refused) as refused:
        mark_sent(7, "王", NOW)
    assert refused.value.code == "T4-package-unknown"


def refused(code: str, package: int, by: str = "王") -> None:
    """Sending is refused and nothing is sent."""
    with pytest.raises(Refused) as caught:
        mark_sent(package, by, NOW)
    assert caught.value.code == code
    assert set(column("registration").values()) == {"exported"}
    assert rows_of(RegistryPackage)[0]["sent_at"] is None


@pytest.mark.parametrize("state", ["none", "proposed", "rejected", "stale"])
def test_t4_a_package_whose_upload_no_second_person_approved_is_not_sent(state: str) -> None:
    package = export(numbered(1)[0])
    if state != "none":
        with transaction() as db:
            approval = propose(db, "registry-upload", package, None, "王芳", NOW)
            db.execute(update(APPROVALS).where(APPROVALS.c.id == approval).values(state=state))
    refused("T4-upload-unapproved", package)


def test_t4_the_approval_of_one_package_lets_no_other_go() -> None:
    first = export(numbered(1)[0])
    other = lot(part=2)
    case(other, 2)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    let_upload(export(other))
    refused("T4-upload-unapproved", first)


@pytest.mark.parametrize("changed", ["approved-hash", "archived-bytes", "archived-file-gone"])
def test_t4_a_package_that_is_no_longer_what_was_approved_is_not_sent(changed: str) -> None:
    package = export(numbered(1)[0])
    let_upload(package)
    kept = Path(archive.path_of(rows_of(RegistryPackage)[0]["archived"]))
    if changed == "approved-hash":
        with transaction() as db:
            db.execute(update(table_of(RegistryPackage)).values(archived=archive.keep(b"another package")))
    elif changed == "archived-bytes":
        kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    else:
        kept.unlink()
    refused("T4-package-altered", package)


def test_t4_who_approved_an_upload_does_not_upload_alone() -> None:
    package = export(numbered(1)[0])
    let_upload(package, by="李明")
    refused("T4-upload-same-person", package, by=" 李 明")
    refused("approval-nameless", package, by=" ")


def test_answers_accept_or_reject_and_a_row_without_an_answer_stays_sent() -> None:  # T4
    _, (yes, no, silent), (first, second, _) = sent(3)
    later = NOW + timedelta(days=2)
    counts = import_results(
        answers((first, "accepted", ""), (second, "rejected", "照片不合格"), ("1" * 18, "accepted", "")),
        later,
    )
    assert counts == {"accepted": 1, "rejected": 1, "unmatched": 1}
    assert column("registration") == {yes: "accepted", no: "rejected", silent: "sent"}
    assert column("registered_at") == {yes: later, no: None, silent: None}
    assert [row["reason"] for row in rows_of(RegistryRow)] == ["", "照片不合格", ""]
    assert [row["answered_at"] for row in rows_of(RegistryRow)] == [later, later, None]


def test_a_receipt_taken_twice_counts_once() -> None:
    _, _, (number,) = sent(1)
    receipt = answers((number, "accepted", ""))
    import_results(receipt, NOW)
    before = (rows_of(RegistryRow), column("registered_at"))
    assert import_results(receipt, NOW + timedelta(days=1)) == {"accepted": 0, "rejected": 0, "unmatched": 1}
    assert (rows_of(RegistryRow), column("registered_at")) == before


def test_what_was_exported_and_not_sent_takes_no_answer() -> None:
    same, ids = numbered(1)
    export(same)
    assert import_results(answers(("511618202006000001", "accepted", "")), NOW)["unmatched"] == 1
    assert column("registration") == {ids[0]: "exported"}


def test_a_rejected_graduate_goes_again_after_a_correction_and_under_the_same_number() -> None:  # T4
    same, (one, other), (first, second) = sent(2)
    rejected = answers((first, "rejected", "缺照片"), (second, "rejected", "姓名"))
    import_results(rejected, NOW)
    assert export(same, NOW + timedelta(days=1)) is None, "nothing was corrected"
    give_photos(one, received_at=NOW + timedelta(days=1))
    package = export(same, NOW + timedelta(days=2))
    assert package == 2
    assert [(row["case_id"], row["number"]) for row in rows_of(RegistryRow)][2:] == [(one, first)]
    let_upload(package)
    mark_sent(package, "王", NOW + timedelta(days=2))
    import_results(answers((first, "accepted", "")), NOW + timedelta(days=3))
    assert column("registration") == {one: "accepted", other: "rejected"}
    assert export(same, NOW + timedelta(days=4), again=True) == 3


def test_n5_a_rejected_registration_holds_the_dispatch_of_its_certificate_until_it_is_accepted() -> None:
    same, (one, other), (first, second) = sent(2)
    import_results(answers((first, "rejected", "姓名"), (second, "accepted", "")), NOW)
    held = {(one, "dispatch", "registration-rejected", "N5")}
    assert open_holds() == held
    change_all(certificate="printed")
    pack_lot(same, NOW, january_2020())
    assert column("certificate") == {one: "printed", other: "packed"}
    package = export(same, NOW + timedelta(days=1), again=True)
    let_upload(package)
    mark_sent(package, "王", NOW + timedelta(days=1))
    import_results(answers(("1" * 18, "accepted", "")), NOW + timedelta(days=2))
    assert open_holds() == held, "sent again is not accepted"
    import_results(answers((first, "accepted", "")), NOW + timedelta(days=3))
    assert open_holds() == set()
    pack_lot(same, NOW + timedelta(days=3), january_2020())
    assert column("certificate")[one] == "packed"


def change_all(**values: object) -> None:
    with transaction() as db:
        db.execute(update(table_of(Case)).values(**values))


def test_n5_a_package_with_a_certificate_that_is_rejected_meanwhile_does_not_leave() -> None:
    same, _, (first, second) = sent(2)
    change_all(certificate="printed")
    pack_lot(same, NOW, january_2020())
    import_results(answers((first, "rejected", "姓名"), (second, "accepted", "")), NOW)
    assert dispatch_lot(same, NOW + timedelta(days=1), reference()) == []
    assert set(column("custody").values()) == {"at-hq"}


@pytest.mark.parametrize(("days", "goes"), [(1, True), (-1, False)])
def test_a_roster_corrected_after_its_own_rejection_counts_whatever_came_for_others(
    days: int, goes: bool
) -> None:  # T4
    same, (one, other), (first, second) = sent(2)
    import_results(answers((first, "rejected", "姓名")), NOW)
    resent = submission("roster", "0" * 64, NOW + timedelta(days=days))
    with transaction() as db:
        db.execute(
            update(STUDENTS).where(STUDENTS.c.id == column("student_id")[one]).values(submission_id=resent)
        )
    import_results(answers((second, "rejected", "姓名")), NOW + timedelta(days=5))
    package = export(same, NOW + timedelta(days=6))
    assert [row["case_id"] for row in rows_of(RegistryRow)][2:] == ([one] if goes else [])
    assert (package is not None) == goes
    assert column("registration")[other] == "rejected"


def test_a_change_while_a_lot_is_exported_exports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    same, (one, _) = numbered(2)
    keep = archive.keep

    def held_meanwhile(data: bytes) -> str:
        hold(one, "registration")
        return keep(data)

    monkeypatch.setattr(registry_export, "keep", held_meanwhile)
    with pytest.raises(Unsent):
        export(same)
    assert rows_of(RegistryPackage) == rows_of(RegistryRow) == []
    assert set(column("registration").values()) == {"none"}
