"""Rejected, corrected, sent again under the same number, accepted: over HTTP and by file (T4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from biye.sandbox.registry_rows import Check
from biye.sandbox.registry_server import RegistryServer
from models.certificate import RegistryPackage, RegistryRow
from models.event import Event
from models.submission import Submission
from rules.hand_over import Standing, check_hand_over
from rules.refusals import Refused
from rules.registry_receipt import Remedy
from rules.sheets import SpoilReason
from rules.states import Custody, Registration
from tasks.certificate import print_lot
from tasks.fonts import carried_font, font_chain
from tasks.intake import take_in
from tasks.receiving import receive
from tasks.registration import export_lot, mark_sent
from tasks.registry_again import export_again
from tasks.registry_exchange import send_package, take_results
from tasks.registry_rows import package_answers
from tasks.spoil import spoil
from tests.rules.policy_packs import january_2020
from tests.submitted import csv_file, resident_id, row_of
from tests.tasks.graduates import (
    NOW,
    SEASON,
    SHORT_CYCLE,
    column,
    let_upload,
    open_holds,
    reference,
    rows_of,
    season,
)
from tests.tasks.registry_line import approved, numbers_of, stand_in

pytestmark = pytest.mark.usefixtures(season.__name__, stand_in.__name__)
RARE, PLAIN = "李䶮", "李岩"
DAY = timedelta(days=1)
Exchange = Callable[[int, str], None]


@pytest.fixture(params=["http", "file"])
def exchange(request: pytest.FixtureRequest, stand_in: RegistryServer) -> Exchange:
    """Send a package and take its answers in, over HTTP or as a person does it; the reason of a rejection."""
    stand_in.store._checks = frozenset({Check.RARE_CHARACTER})
    return _over_http if request.param == "http" else _by_file


def _over_http(package: int, _reason: str) -> None:
    send_package(package, NOW + package * DAY)
    take_results(package, january_2020(), reference(), NOW + package * DAY)


def _by_file(package: int, reason: str) -> None:
    at = NOW + package * DAY
    mark_sent(package, "王", at)
    lines = ["ZSBH,BZ", *(f"{number},{reason}" for number in numbers_of(package))]
    data = ("\r\n".join(lines) + "\r\n").encode("gb18030")
    take_in(receive(SEASON, "registry-receipt", "010", "回执.csv", data, at), january_2020(), reference(), at)


def corrected_roster(days: int) -> None:
    """The academic system sends the roster anew, with a name that the registry can write."""
    row = row_of(
        "roster",
        student_no="1711014000001",
        name=PLAIN,
        id_number=resident_id(1),
        sex="男",
        birth_date="1990-03-07",
        programme_code=SHORT_CYCLE,
        centre="1100201",
        entry_term="201709",
        level="专科",
    )
    when = NOW + days * DAY
    receipt = receive(SEASON, "roster", "010", "学籍.csv", csv_file("roster", row), when)
    assert take_in(receipt, january_2020(), reference(), when)["accepted"] == 1


def again(lot_id: int, days: int) -> int:
    package = export_lot(lot_id, january_2020(), reference(), NOW + days * DAY)
    assert package is not None
    let_upload(package)
    return package


def test_t4_rejected_corrected_exported_sent_accepted_under_the_same_number(
    exchange: Exchange, stand_in: RegistryServer
) -> None:
    first = approved(1, person={"name": RARE, "student_no": "1711014000001", "sex": "男"})
    exchange(first, "姓名含生僻字")
    (case_id,) = column("registration")
    (row,) = package_answers(first)
    assert (row.result, row.reason, row.remedy) == ("rejected", "姓名含生僻字", Remedy.CORRECT)
    assert RARE not in str(row)
    assert open_holds() == {(case_id, "dispatch", "registration-rejected", "N5")}
    assert not_handed_over(column("registration")[case_id]) == "N5-not-registered"
    lot_id = rows_of(RegistryPackage)[0]["lot_id"]
    assert export_lot(lot_id, january_2020(), reference(), NOW + 2 * DAY) is None, "nothing was corrected"
    corrected_roster(2)
    assert package_answers(first)[0].remedy is Remedy.GOES_AGAIN
    second = again(lot_id, 2)
    assert numbers_of(second) == numbers_of(first)
    assert open_holds(), "exported again is not accepted"
    exchange(second, "")
    assert column("registration") == {case_id: "accepted"}
    assert open_holds() == set()
    (row,) = package_answers(first)
    assert (row.later, row.remedy) == (second, None)


def not_handed_over(registration: str) -> str:
    """The code with which the centre is refused a hand-over in this state of the registration."""
    standing = Standing("1*", Custody.AT_CENTRE, Registration(registration), "1100201")
    with pytest.raises(Refused) as refused:
        check_hand_over(standing, "1100201", NOW + 60 * DAY, january_2020().issue_date)
    return refused.value.code


def test_t4_rejected_twice_for_the_same_reason_is_rejected_twice(exchange: Exchange) -> None:
    first = approved(1, person={"name": RARE})
    exchange(first, "姓名含生僻字")
    lot_id = rows_of(RegistryPackage)[0]["lot_id"]
    second = export_lot(lot_id, january_2020(), reference(), NOW + 2 * DAY, again=True)
    assert second is not None
    let_upload(second)
    exchange(second, "姓名含生僻字")
    assert [row["result"] for row in rows_of(RegistryRow)] == ["rejected", "rejected"]
    assert set(column("registration").values()) == {"rejected"}


def test_the_same_receipt_again_without_a_package_sent_since_is_refused() -> None:
    package = approved(1)
    _by_file(package, "")
    receipts = len(rows_of(Submission))
    with pytest.raises(Refused) as refused:
        _by_file(package, "")
    assert refused.value.code == "file-again"
    assert len(rows_of(Submission)) == receipts


def test_a_fault_of_the_registry_is_sent_again_when_a_person_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.registry_again.season_pack", lambda _season: january_2020())
    monkeypatch.setattr("tasks.registry_again.current_reference", reference)
    package = approved(1)
    with pytest.raises(Refused) as nobody:
        export_again(package, "王芳", NOW)
    assert nobody.value.code == "T4-nobody-rejected"
    _by_file(package, "系统错误")
    made, _ = export_again(package, "王芳", NOW + 2 * DAY)
    assert numbers_of(made) == numbers_of(package)
    assert [row["actor"] for row in rows_of(Event) if row["kind"] == "registration-exported"] == [
        "biye",
        "王芳",
    ]


def test_who_sees_rejected_rows_in_full_is_written_down() -> None:
    package = approved(1, person={"name": RARE})
    _by_file(package, "姓名含生僻字")
    (row,) = package_answers(package, rejected=True, asked_by="王芳")
    assert (row.name, row.number) == (RARE, numbers_of(package)[0])
    assert [one["actor"] for one in rows_of(Event) if one["kind"] == "unmasked"] == ["王芳"]


def test_a_sheet_printed_before_the_correction_is_held_until_it_is_printed_again() -> None:  # R2, N5
    first = approved(1, person={"name": "李言", "student_no": "1711014000001", "sex": "男"}, photo=True)
    (case_id,) = column("registration")
    (lot_id,) = column("lot_id").values()
    assert printed(lot_id, 0) == 1
    _by_file(first, "姓名有误")
    corrected_roster(2)
    second = again(lot_id, 2)
    outdated = {(case_id, track, "sheet-outdated", "R2") for track in ("dispatch", "hand-over")}
    assert open_holds() == outdated | {(case_id, "dispatch", "registration-rejected", "N5")}
    _by_file(second, "")
    assert printed(lot_id, 3) == 0
    assert open_holds() == outdated, "accepted, and the sheet in hand still has the old name"
    (number,) = numbers_of(first)
    spoil(number, SpoilReason.MISPRINT, "钱印", NOW + 3 * DAY)
    assert printed(lot_id, 4) == 1
    assert open_holds() == set()
    assert printed(lot_id, 5) == 0


def printed(lot_id: int, days: int) -> int:
    """How many certificates a run prints."""
    fonts = font_chain(str(carried_font()), system=False)
    return print_lot(lot_id, january_2020(), reference(), NOW + days * DAY, fonts)["printed"]
