"""A stocktake at a unit's page: begin, scan, explain, end (N5)."""

import pytest

from rules.clock import now_in_shanghai
from tests.printed_lots import bring, cases
from tests.web.site import EAST, Site


@pytest.fixture(autouse=True)
def _at_the_centre(site: Site) -> None:
    bring(site.codes[0], EAST, now_in_shanghai())


def post(site: Site, what: str, account: str = "east", **said: str) -> tuple[int, str]:
    answer = site.browser(account).post(f"/stocktake/{what}", data=said)
    return answer.status_code, answer.text


def test_it_ends_only_when_everything_expected_was_found(site: Site) -> None:
    assert post(site, "open")[0] == 303
    status, page = post(site, "close")
    assert (status, "N5-stocktake" in page) == (409, True)
    status, page = post(site, "scan", code=site.tokens[0])
    assert (status, "相符" in page) == (200, True)
    assert post(site, "close")[0] == 303
    assert "结束" in site.browser("east").get("/stocktake").text


def test_what_is_lost_is_explained_and_goes_the_way_of_every_lost_certificate(site: Site) -> None:
    post(site, "open")
    found, _, lost = (str(one["number"]) for one in cases())
    assert post(site, "scan", code=found)[0] == 200
    assert post(site, "explain", code=lost, reason="lost")[0] == 303
    assert cases()[2]["custody"] == "lost"
    assert post(site, "close")[0] == 303


def test_what_lies_elsewhere_by_custody_is_shown_as_unexpected(site: Site) -> None:
    post(site, "open")
    status, page = post(site, "scan", code=site.tokens[1])
    assert (status, "多出" in page) == (200, True)


def test_what_stands_for_nothing_is_refused_beside_the_form(site: Site) -> None:
    post(site, "open")
    for code in ("", "x", "511618202005999999"):
        assert post(site, "scan", code=code)[0] == 409
    assert post(site, "open")[0] == 409


@pytest.mark.parametrize("account", ["approver", "auditor", "admin"])
def test_who_only_reads_or_decides_takes_no_stock(site: Site, account: str) -> None:
    assert {post(site, what, account)[0] for what in ("open", "scan", "explain", "close")} == {404}
