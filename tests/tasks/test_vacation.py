"""HQ's vacation: what comes in is kept with its time, and its place is that of its arrival (N4, N3)."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from models.database import reading
from rules.clock import SHANGHAI
from rules.reference import Reference
from tasks.audit import audit_lot
from tasks.intake import VERDICTS, parked_submissions, take_in
from tasks.intake_cases import CASES
from tasks.policy import adopt_pack, load_reference
from tasks.receiving import SUBMISSIONS, receive
from tasks.vacation import cancelled_on, vacation_on
from tests.models.test_reference import SHIPPED as REFERENCE_FOLDER
from tests.rules.policy_packs import SHIPPED, january_2020
from tests.submitted import csv_file, jpeg, row_of
from tests.tasks.test_intake import ONE, TWO, enrolled, reference, roster_row, send

__all__ = ["enrolled", "reference"]
PACK, SEASON = january_2020(), "2020-01"
pytestmark = pytest.mark.usefixtures("biye_home")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


OPENED = at("2020-02-17T09:00")


def certificate_row(reference: Reference, person: dict[str, str]) -> dict[str, str]:
    programme = reference.programmes.query("level == '专科' and direction == ''").iloc[0]["name"]
    named = {name: person[name] for name in ("student_no", "name")}
    said = {"sex": "女", "birth_date": "1990-03-07", "level": "专科", "study_period": "201709-202001"}
    return row_of("certificate-data", **named, **said, programme=str(programme), direction="")


def photos_of(*people: dict[str, str]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as out:
        for seed, person in enumerate(people):
            out.writestr(f"{person['id_number']}.jpg", jpeg(seed=seed, quality=95))
    return packed.getvalue()


def grade(reference: Reference, person: dict[str, str], kind: str = "final-exam") -> dict[str, str]:
    course = reference.courses.query("module != '06'")["course_id"].iloc[0]
    return row_of(kind, student_no=person["student_no"], course=f"{course:05d}", score_code="82")


def sent_in_the_vacation(reference: Reference) -> dict[str, int]:
    """One student's whole bundle, what completes a case before the audit data that make it."""
    files = {
        "certificate-data": csv_file("certificate-data", certificate_row(reference, ONE)),
        "photos": photos_of(ONE),
        "final-exam": csv_file("final-exam", grade(reference, ONE)),
        "audit-data": csv_file("audit-data", row_of("audit-data", **ONE)),
    }
    receipts = {}
    for day, (kind, data) in enumerate(files.items(), start=21):
        when = at(f"2020-01-{day}T10:00")
        receipts[kind] = receive(
            SEASON, kind, "110", f"{kind}.{'zip' if kind == 'photos' else 'csv'}", data, when
        )
        assert take_in(receipts[kind], PACK, reference, when)["parked"] == 1, kind
    return receipts


def test_n4_every_kind_is_parked_with_the_reason_and_the_time_of_its_arrival(
    enrolled: None,
    reference: Reference,
) -> None:
    receipts = sent_in_the_vacation(reference)
    with reading() as db:
        assert set(db.scalars(select(VERDICTS.c.code))) == {"N4-vacation"}
        kept = {row.id: row for row in db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.parked > 0))}
        assert list(db.scalars(select(CASES.c.id))) == []
    assert [kept[one].received_at.day for one in receipts.values()] == [21, 22, 23, 24]
    assert {row.batch for row in kept.values()} == {None}


def test_n4_the_next_batch_takes_all_of_it_whatever_came_first_and_the_place_is_the_arrivals_n3(
    enrolled: None,
    reference: Reference,
) -> None:
    receipts = sent_in_the_vacation(reference)
    february = send("audit-data", row_of("audit-data", **TWO), at=at("2020-02-17T08:00"))
    for receipt in (*parked_submissions(SEASON, 2, PACK), february):
        counts = take_in(receipt, PACK, reference, OPENED, 2)
        assert (counts["accepted"], counts["refused"]) == (1, 0)
    with reading() as db:
        one, two = db.execute(select(CASES).order_by(CASES.c.audit_received_at)).all()
    assert (one.batch, one.audit_submission, one.audit_received_at) == (
        2,
        receipts["audit-data"],
        at("2020-01-24T10:00"),
    )
    assert (one.certificate_submission, one.photo_submission) == (
        receipts["certificate-data"],
        receipts["photos"],
    )
    assert two.audit_received_at == at("2020-02-17T08:00")
    assert parked_submissions(SEASON, 2, PACK) == []


def test_n4_the_board_says_until_when_and_how_much_waits(
    enrolled: None,
    reference: Reference,
) -> None:
    sent_in_the_vacation(reference)
    found = vacation_on(PACK, at("2020-01-25T09:00"))
    assert found is not None
    assert (str(found.first), str(found.last), found.parked) == ("2020-01-20", "2020-02-16", 4)
    assert vacation_on(PACK, at("2020-01-19T23:59")) is None
    assert vacation_on(PACK, OPENED) is None


def test_n4_the_cancelled_batch_stays_visible_with_its_reason_while_the_season_takes_something():
    (found,) = cancelled_on(PACK, at("2019-12-01T09:00"))
    assert (found.batch, found.label) == (0, "寒假批")
    assert found.reason.startswith("总部寒假")
    assert len(cancelled_on(PACK, at("2020-04-17T23:00"))) == 1
    assert cancelled_on(PACK, at("2020-04-18T00:00")) == []


def test_n1_what_came_in_on_the_last_day_is_audited_after_the_closing(reference: Reference) -> None:
    load_reference(REFERENCE_FOLDER, at("2019-11-28T09:00"))
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28T09:00"))
    take_in(send("roster", roster_row(reference, ONE), branch="010"), PACK, reference, OPENED)
    last = send("audit-data", row_of("audit-data", **ONE), at=at("2020-04-17T23:59"))
    late = send("audit-data", row_of("audit-data", **TWO), at=at("2020-04-18T00:00"))
    for receipt in (last, late):
        take_in(receipt, PACK, reference, at("2020-04-18T00:05"))
    with reading() as db:
        state, code = db.execute(select(SUBMISSIONS.c.state, SUBMISSIONS.c.code).filter_by(id=late)).one()
    assert (state, code) == ("quarantined", "N1-closed")
    assert audit_lot(SEASON, 2, "110", at("2020-04-20T09:00"))["cases"] == 1
