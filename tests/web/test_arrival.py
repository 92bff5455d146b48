"""Checking a package on arrival at the web page: what is wrong is seen by its sender at once (R2)."""

import re

import pytest

from rules.clock import now_in_shanghai
from tests.printed_lots import bring, cases
from tests.web.site import EAST, Site


@pytest.fixture(autouse=True)
def _at_the_centre(site: Site) -> None:
    bring(site.codes[0], EAST, now_in_shanghai())


def checked(site: Site, account: str = "east", **said: str) -> int:
    return site.browser(account).post(f"/packages/{site.codes[0]}/check", data=said).status_code


def shown(site: Site, account: str) -> str:
    return site.browser(account).get(f"/packages/{site.codes[0]}").text


def test_what_is_missing_damaged_or_misnamed_leaves_its_way_and_its_sender_sees_it(site: Site) -> None:
    first, _, third = (one["id"] for one in cases())
    assert checked(site, **{f"case-{first}": "missing", f"case-{third}": "wrong-name"}) == 303
    assert [one["custody"] for one in cases()] == ["lost", "in-transit", "at-centre"]
    for account in ("branch110", "packing"):
        page = shown(site, account)
        assert re.search(r"缺少 · 待处理 · 责任 110", page)
        assert re.search(r"姓名有误 · 待处理 · 责任 010", page)


def test_a_package_in_order_is_confirmed(site: Site) -> None:
    assert checked(site) == 303
    assert "核对差异" not in shown(site, "branch110")
    assert {one["custody"] for one in cases()} == {"at-centre", "in-transit"}


def test_a_number_too_many_that_belongs_here_is_refused(site: Site) -> None:
    number = next(str(one["number"]) for one in cases())
    assert checked(site, extra=number) == 409
    assert checked(site, extra="511618202005999999") == 303
    assert "多出" in shown(site, "branch110")


def test_only_its_holder_checks_a_package_and_others_are_not_told_that_it_is_there(site: Site) -> None:
    assert checked(site, "branch110") == 409
    assert {checked(site, account) for account in ("branch120", "west")} == {409}
    assert {checked(site, account) for account in ("approver", "auditor", "admin")} == {404}
    assert 'name="case-' in shown(site, "east")
    assert 'name="case-' not in shown(site, "branch110")


def test_another_package_s_case_cannot_be_named(site: Site) -> None:
    second = cases()[1]["id"]
    assert checked(site, **{f"case-{second}": "missing"}) == 303
    assert [one["custody"] for one in cases()][1] == "in-transit"


def test_numbers_and_names_are_masked(site: Site) -> None:
    page = shown(site, "east")
    assert "张" in page
    assert not any(str(one["number"]) in page for one in cases())
    assert not any(name in page for name in ("张甲", "张乙", "张丙", "张丁"))
