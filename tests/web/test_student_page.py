"""The student's question over HTTP: who is let in, what others learn, and that the page follows the scans."""

import re
import time
from statistics import median

import httpx
import pytest

from biye.web.guard import STUDENT
from rules.clock import now_in_shanghai
from tasks.custody import scan
from tests.printed_lots import bring, shipped_reference, student_no
from tests.web.site import EAST, Site, question


def let_in(site: Site, **changed: str) -> httpx.Client:
    client = site.browser()
    answer = client.post("/", data=question(1, **changed))
    assert answer.status_code == 303, answer.text
    client.headers["Cookie"] = f"{STUDENT}={answer.cookies[STUDENT]}"
    return client


def test_who_knows_number_name_and_id_sees_the_certificate_s_way(site: Site) -> None:
    page = let_in(site).get("/certificate").text
    assert "正由国家开放大学总部送往国家开放大学北京分部" in page
    assert "学历电子注册" in page
    assert student_no(1) not in page
    assert "张" not in page  # the page names nobody: it may be read over a shoulder


def test_small_letters_spaces_and_a_full_width_name_are_no_mistake(site: Site) -> None:
    assert (
        let_in(site, student_no=f" {student_no(1)} ", id_end="00002x").get("/certificate").status_code == 200
    )


@pytest.mark.parametrize(
    "changed", [{"student_no": "99999999"}, {"name": "张丙丙"}, {"id_end": "000021"}, {"id_end": ""}]
)
def test_no_such_person_and_a_wrong_detail_are_told_the_same(site: Site, changed: dict[str, str]) -> None:
    answer = site.browser().post("/", data=question(1, **changed))
    other = site.browser().post("/", data=question(2, name="李四"))
    assert (answer.status_code, answer.text) == (other.status_code, other.text) == (403, other.text)
    assert "set-cookie" not in answer.headers


def test_an_unknown_person_takes_as_long_as_a_wrong_detail(site: Site) -> None:
    client = site.browser()

    def takes(student: str) -> float:
        started = time.perf_counter()
        assert client.post("/", data=question(1, student_no=student, name="李四")).status_code == 403
        return time.perf_counter() - started

    times = [(takes(student_no(1)), takes("17110019999")) for _ in range(12)]
    known, unknown = (median(side) for side in zip(*times, strict=True))
    assert 1 / 3 < known / unknown < 3


def test_a_student_is_limited_also_when_the_right_answer_comes_at_last(site: Site) -> None:
    for _ in range(8):
        assert site.browser().post("/", data=question(1, name="李四")).status_code == 403
    assert site.browser().post("/", data=question(1)).status_code == 403
    assert site.browser().post("/", data=question(2)).status_code == 303


def test_a_session_is_about_one_case_and_ends(site: Site) -> None:
    client = let_in(site)
    assert client.post("/leave").status_code == 303
    assert client.get("/certificate").status_code == 303
    gone = client.get("/certificate/steps")
    assert (gone.status_code, gone.headers["HX-Redirect"]) == (404, "/")
    assert site.browser().get("/certificate").headers["Location"] == "/"


def test_a_student_s_session_opens_no_door_of_staff(site: Site) -> None:
    client = let_in(site)
    for path in ("/packages", "/scan", "/api/expected"):
        assert client.get(path).status_code == 404


def test_the_timeline_is_sent_again_only_when_it_says_something_new(site: Site) -> None:
    client = let_in(site)
    asked = re.findall(r'hx-get="([^"]+)"', client.get("/certificate").text)[0]
    assert client.get(asked).status_code == 204
    scan(site.codes[0], "110", False, now_in_shanghai(), "王", shipped_reference())
    news = client.get(asked)
    assert news.status_code == 200
    assert "现在国家开放大学北京分部" in news.text


def test_at_the_centre_the_student_is_asked_to_come(site: Site) -> None:
    bring(site.codes[0], EAST, now_in_shanghai())
    assert "东城学习中心领取" in let_in(site).get("/certificate").text
