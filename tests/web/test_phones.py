"""Phones bound by a code that is shown once, and cut off at once (N9, G2)."""

import re
from datetime import timedelta

import httpx
import pytest

from biye.web.guard import STAFF
from rules.clock import now_in_shanghai
from rules.refusals import Refused
from tasks.account import disable_account, let_in
from tasks.phone import INVITED_FOR, bind_phone, invite_phone
from tests.printed_lots import shipped_reference
from tests.web.site import EAST, Site


def invited(unit: str = EAST) -> tuple[str, str]:
    return invite_phone(unit, now_in_shanghai(), "管理员", shipped_reference())


def bound(site: Site, code: str) -> httpx.Client:
    answer = site.browser().post("/bind", data={"code": code})
    assert answer.status_code == 303, answer.text
    client = site.browser()
    client.headers["Cookie"] = f"{STAFF}={answer.cookies[STAFF]}"
    return client


def test_a_bound_phone_scans_for_its_unit_until_it_is_cut_off(site: Site) -> None:
    name, code = invited("110")
    phone = bound(site, code)
    told = phone.post(
        "/api/scans", json={"scans": [{"code": site.codes[0], "direction": "in", "nonce": "n" * 16}]}
    )
    assert told.json()["results"][0]["outcome"] == "moved"
    assert site.browser("admin").post(f"/phones/{name}/cut-off").status_code == 303
    assert phone.get("/scan").status_code == 404


def test_a_code_binds_one_phone_and_only_for_minutes(site: Site) -> None:
    _, code = invited()
    bound(site, code)
    assert site.browser().post("/bind", data={"code": code}).status_code == 409
    _, late = invited()
    with pytest.raises(Refused) as refused:
        bind_phone(late, now_in_shanghai() + INVITED_FOR + timedelta(seconds=1))
    assert refused.value.code == "phone-invitation"


def test_a_phone_cut_off_before_it_was_bound_never_is(site: Site) -> None:
    name, code = invited()
    disable_account(name, now_in_shanghai(), "管理员")
    assert site.browser().post("/bind", data={"code": code}).status_code == 409


def test_a_phone_has_no_password_that_could_be_guessed(site: Site) -> None:
    name, _ = invited()
    for password, code in (("", ""), ("x" * 12, "000000")):
        assert let_in(name, password, code, "127.0.0.1", now_in_shanghai()) is None


def test_an_administrator_shows_the_code_once_and_only_within_the_scope(site: Site) -> None:
    admin = site.browser("admin")
    shown = admin.post("/phones", data={"unit": EAST}).text
    assert "<svg" in shown
    name = re.search(r"phone-[0-9-]+", shown)
    assert name is not None
    listed = admin.get("/phones").text
    assert name.group() in listed
    assert "<svg" not in listed
    assert admin.post("/phones", data={"unit": "999"}).status_code == 404
    for account in ("east", "auditor", "branch110"):
        assert site.browser(account).get("/phones").status_code == 404
        assert site.browser(account).post("/phones", data={"unit": EAST}).status_code == 404


def test_each_phone_of_a_unit_has_a_name_of_its_own(site: Site) -> None:
    assert [invited()[0] for _ in range(2)] == [f"phone-{EAST}-1", f"phone-{EAST}-2"]
    assert invited("110")[0] == "phone-110-1"


def test_guessing_codes_ends_soon(site: Site) -> None:
    answers = [site.browser().post("/bind", data={"code": "guess"}).status_code for _ in range(21)]
    assert answers == [409] * 20 + [404]
