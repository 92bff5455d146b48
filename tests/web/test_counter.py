"""The counter of a study centre: identity, pick-up code, delegates, and what the student finds wrong (N5)."""

import re

import pytest
from sqlalchemy import select

from biye.web.guard import STUDENT
from models.case import Hold
from models.database import reading
from models.event import EVENTS
from rules.clock import now_in_shanghai
from tests.printed_lots import bring, cases, rows_of, student_no
from tests.web.site import EAST, Site, question

RIGHT = {"student_no": student_no(1), "identity": "true"}


@pytest.fixture(autouse=True)
def _at_the_centre(site: Site) -> None:
    bring(site.codes[0], EAST, now_in_shanghai())


def at_counter(site: Site, account: str = "east", **said: str) -> tuple[int, str]:
    answer = site.browser(account).post("/hand-over", data=said)
    return answer.status_code, answer.text


def code_of(site: Site, serial: int = 1) -> str:
    """What the student's own page shows."""
    client = site.browser()
    cookie = client.post("/", data=question(serial)).cookies[STUDENT]
    shown = client.get("/certificate", headers={"Cookie": f"{STUDENT}={cookie}"}).text
    return re.findall(r'class="code">(\d{6})<', shown)[0]


def custody() -> list[str]:
    return [one["custody"] for one in cases()]


def handed_over() -> dict[str, object]:
    with reading() as db:
        wanted = select(EVENTS.c.data).where(EVENTS.c.kind.contains("handed-over"))
        return dict(db.execute(wanted).scalars().one())


def test_a_student_with_an_identity_document_gets_the_certificate(site: Site) -> None:
    status, page = at_counter(site, **RIGHT)
    assert status == 200, page
    assert custody() == ["handed-over", "in-transit", "at-centre"]
    assert student_no(1) not in page
    assert (handed_over()["bearer"], handed_over()["code"]) == ("student", False)


def test_a_delegate_needs_identity_authorisation_and_the_student_s_code(site: Site) -> None:
    delegate = RIGHT | {"delegate": "true"}
    for said in (delegate, delegate | {"authorisation": "true"}, delegate | {"code": code_of(site)}):
        status, page = at_counter(site, **said)
        assert (status, "N5-authorisation" in page) == (409, True)
    assert at_counter(site, **delegate, authorisation="true", code=code_of(site))[0] == 200
    assert (handed_over()["bearer"], handed_over()["code"]) == ("delegate", True)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"student_no": student_no(1)}, "N5-identity"),
        (RIGHT | {"code": "000000"}, "N5-pickup-code"),
        (RIGHT | {"student_no": "nobody"}, "N5-no-case"),
        (RIGHT | {"student_no": student_no(2)}, "N5-not-here"),
        (RIGHT | {"wrong": "姓名", "student_no": student_no(2)}, "N5-not-here"),
    ],
)
def test_what_is_refused_hands_nothing_over(site: Site, said: dict[str, str], refused: str) -> None:
    status, page = at_counter(site, **said)
    assert (status, refused in page) == (409, True), page
    assert "handed-over" not in custody()


def test_another_student_s_code_opens_nothing_and_guessing_ends(site: Site) -> None:
    other = code_of(site, 3)
    assert at_counter(site, **RIGHT, code=other)[0] == 409
    for _ in range(10):
        at_counter(site, **RIGHT, code="000000")
    assert at_counter(site, **RIGHT, code=code_of(site))[0] == 409
    assert "handed-over" not in custody()


def test_what_the_student_finds_wrong_becomes_a_case_and_holds_the_certificate(site: Site) -> None:
    status, page = at_counter(site, **RIGHT, wrong="姓名", found="少一个字")
    assert (status, "交总部处理" in page) == (200, True), page
    assert [one["track"] for one in rows_of(Hold)] == ["hand-over"]
    status, page = at_counter(site, **RIGHT)
    assert (status, "N5-held" in page) == (409, True)


def test_the_code_is_shown_only_while_the_certificate_waits_for_its_student(site: Site) -> None:
    client = site.browser()
    cookie = client.post("/", data=question(2)).cookies[STUDENT]
    assert 'class="code"' not in client.get("/certificate", headers={"Cookie": f"{STUDENT}={cookie}"}).text
    at_counter(site, **RIGHT)
    cookie = client.post("/", data=question(1)).cookies[STUDENT]
    assert 'class="code"' not in client.get("/certificate", headers={"Cookie": f"{STUDENT}={cookie}"}).text


@pytest.mark.parametrize("account", ["branch110", "packing", "approver", "auditor", "admin"])
def test_only_a_study_centre_hands_over(site: Site, account: str) -> None:
    assert at_counter(site, account, **RIGHT)[0] == 404
    assert site.browser(account).get("/hand-over").status_code == 404


def test_another_centre_hands_nothing_over(site: Site) -> None:
    status, page = at_counter(site, "west", **RIGHT)
    assert (status, "N5-not-here" in page) == (409, True)
    assert "handed-over" not in custody()
