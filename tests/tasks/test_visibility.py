"""N7: the day on which a record becomes public, and the late photo's way there through the registry."""

import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

import pandas as pd
import pytest

from models import archive
from models.case import Hold
from models.certificate import RegistryPackage, RegistryRow
from models.event import Event
from rules.clock import SHANGHAI
from tasks.certificate import place_holds
from tasks.dbf import read_dbf
from tasks.numbers import allocate_numbers
from tasks.proposal import propose_upload
from tasks.reconciliation import reconcile
from tasks.registration import export_lot, import_results, make_visible, mark_sent
from tasks.registry_exchange import send_package, take_results
from tasks.registry_package import CONTROL, PHOTO_TABLE, PHOTOS
from tasks.registry_photos import export_photos, lots_with_late_photos
from tests.rules.policy_packs import january_2020
from tests.submitted import resident_id
from tests.tasks.graduates import (
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
)
from tests.tasks.registry_line import stand_in

pytestmark = pytest.mark.usefixtures(season.__name__)
ISSUE = date(2020, 1, 20)
NUMBER = "511618202006000001"


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2020, month, day, hour, tzinfo=SHANGHAI)


def accepted(day: datetime, *, with_photo: bool = True) -> int:
    """A graduate whose registration, with or without photo, was accepted on a day."""
    same = lot()
    one = case(same, 1)
    if with_photo:
        give_photos(one)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    upload(export_lot(same, january_2020(), reference(), NOW), NOW)
    answered(day)
    return one


def upload(package: int | None, when: datetime) -> None:
    assert package is not None
    let_upload(package)
    assert mark_sent(package, "王", when) == 1


def answered(day: datetime, status: str = "accepted") -> None:
    rows = {"number": [NUMBER], "status": [status], "reason": ["" if status == "accepted" else "照片模糊"]}
    import_results(pd.DataFrame(rows, dtype="str"), day)


def late_photo(one: int, day: datetime) -> int:
    """A photo came; its package, sent."""
    give_photos(one, received_at=day)
    (same,) = lots_with_late_photos(SEASON)
    package = export_photos(same, day)
    upload(package, day)
    assert package is not None
    return package


def visible(as_of: datetime) -> int:
    return make_visible(SEASON, january_2020(), as_of)


def test_a_record_accepted_before_the_issue_date_becomes_visible_on_it() -> None:  # N7
    one = accepted(at(1, 7))
    assert visible(at(1, 19, 23)) == 0
    assert visible(at(1, 20, 0)) == 1
    assert (column("visibility")[one], column("visible_on")[one]) == ("visible", ISSUE)


def test_a_record_accepted_later_becomes_visible_on_the_day_of_acceptance() -> None:  # N7
    one = accepted(at(2, 25, 0))
    assert visible(at(3, 1)) == 1
    assert column("visible_on")[one] == date(2020, 2, 25)
    assert column("registered_at")[one] == at(2, 25, 0)


def test_a_late_photo_releases_the_record_once_the_registry_has_it_too() -> None:  # N7
    one = accepted(at(1, 7), with_photo=False)
    place_holds(1, january_2020(), reference(), at(1, 8))
    assert (one, "visibility", "photo", "N7") in open_holds()
    assert visible(at(2, 1)) == 0
    late_photo(one, at(2, 10))
    place_holds(1, january_2020(), reference(), at(2, 10))
    assert visible(at(2, 11)) == 0, "sent is not accepted"
    assert open_holds() == {(one, "visibility", "photo", "N7")}
    answered(at(2, 12))
    assert column("registered_at")[one] == at(1, 7), "the record was registered before its photo"
    assert visible(at(2, 13)) == 1
    assert column("visible_on")[one] == date(2020, 2, 12)
    assert open_holds() == set()


def test_a_package_of_photos_has_them_and_whose_they_are_and_nothing_of_the_record() -> None:  # N7
    one = accepted(at(1, 7), with_photo=False)
    package = late_photo(one, at(2, 10))
    (row,) = [row for row in rows_of(RegistryPackage) if row["id"] == package]
    assert (row["content"], row["rows"]) == ("photos", 1)
    with zipfile.ZipFile(BytesIO(archive.fetch(row["archived"]))) as content:
        assert set(content.namelist()) == {PHOTO_TABLE, PHOTOS, CONTROL}
        table = read_dbf(content.read(PHOTO_TABLE))
        assert table.to_dict("records") == [{"ZSBH": NUMBER, "SFZH": resident_id(1)}]
        with zipfile.ZipFile(BytesIO(content.read(PHOTOS))) as photos:
            assert photos.namelist() == [f"{resident_id(1)}.jpg"]
    assert all(check.agrees for check in reconcile(SEASON) if "exported" in check.what)


def test_a_late_photo_is_exported_once_and_another_one_after_it_was_rejected() -> None:  # N7
    one = accepted(at(1, 7), with_photo=False)
    assert lots_with_late_photos(SEASON) == []
    late_photo(one, at(2, 10))
    events = rows_of(Event)
    assert lots_with_late_photos(SEASON) == []
    assert export_photos(1, at(2, 11)) is None
    assert rows_of(Event) == events
    answered(at(2, 12), "rejected")
    assert column("registration")[one] == "accepted"
    assert visible(at(2, 13)) == 0
    assert lots_with_late_photos(SEASON) == [], "the same photo is not sent again"
    late_photo(one, at(2, 14))
    answered(at(2, 15))
    assert visible(at(2, 16)) == 1
    assert column("visible_on")[one] == date(2020, 2, 15)
    assert [row["result"] for row in rows_of(RegistryRow)] == ["accepted", "rejected", "accepted"]


def test_a_photo_that_comes_before_the_acceptance_follows_after_it() -> None:  # N7
    same = lot()
    one = case(same, 1)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    upload(export_lot(same, january_2020(), reference(), NOW), NOW)
    give_photos(one, received_at=NOW + timedelta(days=1))
    assert lots_with_late_photos(SEASON) == [], "what is under way is not sent twice"
    answered(at(1, 7))
    assert lots_with_late_photos(SEASON) == [same]
    assert visible(at(1, 20)) == 0, "the registry has the record and no photo, though nothing is held"


def test_a_public_record_is_not_sent_another_photo() -> None:  # N7
    one = accepted(at(1, 7))
    visible(at(1, 20))
    give_photos(one, received_at=at(2, 1))
    assert lots_with_late_photos(SEASON) == []


@pytest.mark.usefixtures(stand_in.__name__)
def test_a_late_photo_goes_over_http_as_packages_do() -> None:  # T4, N7
    same = lot()
    one = case(same, 1)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    for build in (
        lambda: export_lot(same, january_2020(), reference(), NOW),
        lambda: export_photos(same, NOW),
    ):
        package = build()
        assert package is not None
        propose_upload(package, NOW)
        let_upload(package)
        send_package(package, NOW)
        assert take_results(package, january_2020(), reference(), NOW)["accepted"] == 1
        give_photos(one, received_at=NOW)
    assert visible(at(1, 20)) == 1


def test_a_disputed_record_and_one_without_acceptance_stay_hidden() -> None:  # N7
    one = accepted(at(1, 7))
    hold(one, "visibility", "dispute")
    other = case(lot("120"), 2, registration="sent")
    give_photos(other)
    assert visible(at(2, 1)) == 0
    assert set(column("visibility").values()) == {"hidden"}


def test_making_visible_again_changes_nothing() -> None:
    one = accepted(at(1, 7))
    hold(one, "certificate", "photo")
    visible(at(1, 20))
    assert [row["released_at"] for row in rows_of(Hold)] == [at(1, 20)]
    events = rows_of(Event)
    assert visible(at(1, 21)) == 0
    assert rows_of(Event) == events
