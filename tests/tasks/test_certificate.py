"""Certificates of a lot: holds, comparison with the registration, printing in order (R1, R2, N2, N3)."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from models import archive
from models.case import Hold
from models.certificate import CertificateSheet, RegistryRow
from models.columns import table_of
from models.database import transaction
from models.event import Event
from models.promise import Promise
from models.student import Student
from rules.deadlines import season_calendar
from rules.season import Pack
from tasks import certificate, certificate_drawing
from tasks.certificate import place_holds, print_lot
from tasks.certificate_pdf import print_certificates
from tasks.fonts import carried_font, font_chain
from tasks.numbers import allocate_numbers
from tasks.promise import start_lot_promises
from tasks.registration import export_lot
from tests.rules.policy_packs import january_2020, pack_with
from tests.tasks.graduates import (
    MATHEMATICS,
    NOW,
    SEASON,
    case,
    change,
    column,
    give_photos,
    lot,
    open_holds,
    reference,
    rows_of,
    season,
)

pytestmark = pytest.mark.usefixtures(season.__name__)
FONTS = font_chain(str(carried_font()), system=False)
ADMINISTRATION = {"level": "本科", "programme_code": "120401"}
LATER = NOW + timedelta(days=3)


def ready(
    *people: dict[str, Any], photos: bool = True, with_photo: Sequence[int] = (), **changed: Any
) -> tuple[int, list[int]]:
    """A lot whose cases are numbered and exported; the photos are there unless told otherwise.

    with_photo: of these serials alone.
    """
    same = lot()
    ids = [case(same, serial, person=person, **changed) for serial, person in enumerate(people, start=1)]
    if with_photo:
        give_photos(*(ids[serial - 1] for serial in with_photo))
    elif photos:
        give_photos(*ids)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    export_lot(same, january_2020(), reference(), NOW)
    return same, ids


def place(lot_id: int, pack: Pack | None = None) -> dict[str, int]:
    return place_holds(lot_id, pack or january_2020(), reference(), NOW, FONTS)


def print_now(lot_id: int, pack: Pack | None = None) -> dict[str, int]:
    return print_lot(lot_id, pack or january_2020(), reference(), LATER, FONTS)


def pages() -> list[str]:
    """The text of every printed page, file by file in the order of their first number."""
    files = dict.fromkeys(row["print_file"] for row in rows_of(CertificateSheet) if row["print_file"])
    readers = [PdfReader(BytesIO(archive.fetch(file))) for file in files]
    return ["".join(page.extract_text().split()) for reader in readers for page in reader.pages]


def set_student(case_id: int, **values: object) -> None:
    students = table_of(Student)
    with transaction() as db:
        db.execute(update(students).where(students.c.id == column("student_id")[case_id]).values(**values))


def test_a_lot_is_printed_in_order_of_arrival_whatever_its_ids_are() -> None:  # N3
    same = lot()
    late, early = case(same, 5), case(same, 2)
    give_photos(late, early)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    export_lot(same, january_2020(), reference(), NOW)
    assert print_now(same) == {"printed": 2, "files": 1, "held": 0, "waiting": 0}
    assert ["511618202006000001" in page for page in pages()] == [True, False]
    by_case = {row["case_id"]: row["number"] for row in rows_of(CertificateSheet)}
    assert by_case == {early: "511618202006000001", late: "511618202006000002"}
    assert set(column("certificate").values()) == {"printed"}
    assert {(row["sheet"], row["printed_at"]) for row in rows_of(CertificateSheet)} == {(1, LATER)}


def test_every_certificate_bears_the_issue_date_of_the_season() -> None:  # N7
    same, _ = ready({})
    print_now(same)
    assert "发证日期：二〇二〇年一月二十日" in pages()[0]


@pytest.mark.parametrize(
    ("term", "name"), [("201303", "中央广播电视大学"), ("201309", "国家开放大学"), ("201709", "国家开放大学")]
)
def test_the_school_name_follows_the_entry_term(term: str, name: str) -> None:
    entered = date(int(term[:4]), int(term[4:]), 1)
    same, _ = ready({"entry_term": term}, study_from=entered)
    assert print_now(same)["printed"] == 1
    assert f"校名：{name}" in pages()[0].replace("　", "")


def test_a_missing_photo_holds_the_certificate_and_hides_the_record() -> None:  # R1, N7
    same, (one, other) = ready({}, {}, with_photo=(2,))
    assert place(same) == {"photo": 2}
    assert open_holds() == {(one, "certificate", "photo", "R1"), (one, "visibility", "photo", "N7")}
    assert {row["owner"] for row in rows_of(Hold)} == {"110"}
    assert print_now(same) == {"printed": 1, "files": 1, "held": 1, "waiting": 0}
    assert column("certificate") == {one: "numbered", other: "printed"}


def test_a_photo_that_comes_later_releases_its_holds_and_the_certificate_is_printed() -> None:  # R1
    same, (one,) = ready({}, photos=False)
    place(same)
    give_photos(one)
    assert print_now(same)["printed"] == 1
    assert open_holds() == {(one, "visibility", "photo", "N7")}, "the registry has no photo yet"
    assert [row["released_at"] for row in rows_of(Hold)] == [LATER, None]


@pytest.mark.parametrize(
    "person",
    [
        MATHEMATICS,
        {**ADMINISTRATION, "direction": "教育管理"},
        {**ADMINISTRATION, "direction": "（教育管理）"},
        {**ADMINISTRATION, "direction": "(教育管理)"},
    ],
)
def test_a_partner_seal_major_is_printed_and_its_dispatch_held(person: dict[str, Any]) -> None:  # N2
    same, (one,) = ready(person)
    assert place(same) == {"partner-seal": 1}
    assert open_holds() == {(one, "dispatch", "partner-seal", "N2")}
    assert print_now(same)["printed"] == 1


def test_n2_who_waits_for_the_seal_leaves_the_clocks_that_started_with_the_lots_approval() -> None:
    same, _ = ready(MATHEMATICS, {})
    with transaction() as db:
        start_lot_promises(db, same, january_2020(), season_calendar(january_2020(), NOW.date()), NOW)
    totals = {row["duty"]: row["total"] for row in rows_of(Promise)}
    assert (totals["registry"], totals["certificate"], totals["batch-end"]) == (2, 2, 2)
    place(same)
    totals = {row["duty"]: row["total"] for row in rows_of(Promise)}
    assert (totals["registry"], totals["certificate"], totals["batch-end"]) == (2, 1, 1)


@pytest.mark.parametrize("person", [{}, {**ADMINISTRATION, "direction": ""}])
def test_other_majors_and_directions_need_no_seal(person: dict[str, Any]) -> None:  # N2
    same, _ = ready(person)
    assert place(same) == {}


def test_where_the_pack_says_so_printing_waits_for_the_seal_too() -> None:  # N2
    pack = pack_with(partner_seal__0__printing="waits")
    same, (one,) = ready(MATHEMATICS)
    assert print_now(same, pack) == {"printed": 0, "files": 0, "held": 1, "waiting": 0}
    tracks = {(one, track, "partner-seal", "N2") for track in ("dispatch", "certificate")}
    assert open_holds() == tracks


def test_a_released_seal_hold_is_not_placed_again() -> None:  # N2
    same, _ = ready(MATHEMATICS)
    place(same)
    holds = table_of(Hold)
    with transaction() as db:
        db.execute(update(holds).values(released_at=NOW))
    assert place(same) == {}
    assert open_holds() == set()


def test_a_character_that_no_font_has_holds_its_certificate_alone() -> None:  # R2
    same, (rare, plain) = ready({"name": "李\U000fffff"}, {})
    assert print_now(same) == {"printed": 1, "files": 1, "held": 1, "waiting": 0}
    assert open_holds() == {(rare, "certificate", "glyph-missing", "R2")}
    assert rows_of(Hold)[0]["detail"] == "U+FFFFF"
    assert column("certificate") == {rare: "numbered", plain: "printed"}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"name": "张丁丁"}, "XM 姓名"),
        ({"sex": "男"}, "XB 性别"),
        ({"birth_date": date(1991, 1, 1)}, "CSRQ 出生日期"),
        ({"entry_term": "201303"}, "YXMC 院校名称"),
        ({"level": "本科", "programme_code": "070101"}, "CC 层次、ZYMC 专业名称"),
    ],
)
def test_what_disagrees_with_its_registration_is_not_printed_and_the_hold_names_the_fields(
    changed: dict[str, Any], fields: str
) -> None:  # R2
    same, (one, other) = ready({}, {})
    set_student(one, **changed)
    assert print_now(same) == {"printed": 1, "files": 1, "held": 1, "waiting": 0}
    assert (one, "certificate", "mismatch", "R2") in open_holds()
    assert [row["detail"] for row in rows_of(Hold) if row["reason"] == "mismatch"] == [fields]
    assert column("certificate") == {one: "numbered", other: "printed"}


def test_another_photo_than_was_registered_is_not_printed() -> None:  # R2
    same, (one, other) = ready({}, {})
    give_photos(one)
    assert print_now(same)["printed"] == 1
    assert [(row["case_id"], row["detail"]) for row in rows_of(Hold)] == [(one, "ZP 照片")]
    change(one, photo_submission=column("photo_submission")[other], photo_member=1)
    assert print_now(same)["printed"] == 1
    assert open_holds() == set()


def test_a_period_of_study_that_begins_in_another_month_than_registered_is_not_printed() -> None:  # R2
    same, (one,) = ready({}, study_from=date(2017, 3, 1))
    assert print_now(same)["held"] == 1
    assert open_holds() == {(one, "certificate", "mismatch", "R2")}
    assert rows_of(Hold)[0]["detail"] == "RXRQ 入学日期"


def test_a_mismatch_that_was_put_right_is_released_and_printed() -> None:  # R2
    same, (one,) = ready({})
    set_student(one, sex="男")
    print_now(same)
    set_student(one, sex="女")
    assert print_now(same)["printed"] == 1
    assert open_holds() == set()


def test_without_certificate_data_or_export_a_certificate_waits_without_a_hold() -> None:  # R2
    same, (one,) = ready({})
    unexported = case(same, 9)
    give_photos(unexported)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    change(one, certificate_submission=None, study_from=None, study_to=None)
    assert print_now(same) == {"printed": 0, "files": 0, "held": 0, "waiting": 2}
    assert open_holds() == set()


def test_printing_never_waits_for_the_registrys_acceptance() -> None:  # R2
    same, (one,) = ready({})
    assert column("registration")[one] == "exported"
    assert print_now(same)["printed"] == 1


def test_printing_again_prints_nothing_and_changes_nothing() -> None:
    same, _ = ready({}, MATHEMATICS)
    print_now(same)
    before = [rows_of(table) for table in (CertificateSheet, Hold, RegistryRow, Event)]
    assert print_now(same) == {"printed": 0, "files": 0, "held": 0, "waiting": 0}
    assert [rows_of(table) for table in (CertificateSheet, Hold, RegistryRow, Event)] == before


def test_a_run_killed_between_two_files_goes_on_and_ends_in_the_same_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certificate, "PAGES", 2)
    same, _ = ready({}, {}, {}, {}, {})
    calls, real = itertools.count(1), print_certificates

    def killed_in_the_second(*given: Any) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(certificate_drawing, "print_certificates", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        print_now(same)
    assert sorted(column("certificate").values()) == ["numbered"] * 3 + ["printed"] * 2
    assert print_now(same) == {"printed": 3, "files": 2, "held": 0, "waiting": 0}
    sheets = rows_of(CertificateSheet)
    files = [row["print_file"] for row in sheets]
    assert files[0] == files[1] != files[2] == files[3] != files[4]
    assert {row["sheet"] for row in sheets} == {1}
    order = [f"511618202006{serial:06d}" for serial in range(1, 6)]
    assert [number in page for number, page in zip(order, pages(), strict=True)] == [True] * 5


def test_the_same_rows_give_the_same_print_file() -> None:
    same, (one,) = ready({})
    print_now(same)
    first = rows_of(CertificateSheet)[0]["print_file"]
    change(one, certificate="numbered")
    print_now(same)
    sheet = rows_of(CertificateSheet)[0]
    assert (sheet["print_file"], sheet["sheet"]) == (first, 2)  # a second sheet under the same number
