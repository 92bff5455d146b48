"""Signed paper lists entered at a unit's page, for units outside the pilot and as a fallback (N9)."""

from rules.clock import now_in_shanghai
from tasks.custody import scan
from tests.printed_lots import cases, shipped_reference
from tests.web.site import Site


def entered(site: Site, account: str, *codes: str) -> str:
    answer = site.browser(account).post("/packages/signed", data={"codes": "\n".join(codes)})
    assert answer.status_code == 200
    return answer.text


def test_ticked_lines_move_their_packages_and_a_wrong_one_stops_none(site: Site) -> None:
    page = entered(site, "branch110", site.codes[0], "202001-000099-1", site.codes[1])
    assert page.count('class="moved"') == 2
    assert "label-check-digit" in page
    assert {one["custody"] for one in cases()} == {"at-branch"}


def test_a_line_that_was_scanned_already_changes_nothing(site: Site) -> None:
    scan(site.codes[0], "110", False, now_in_shanghai(), "王", shipped_reference())
    assert 'class="repeated"' in entered(site, "branch110", site.codes[0])


def test_another_unit_s_list_moves_nothing(site: Site) -> None:
    assert 'class="sighting"' in entered(site, "branch120", site.codes[0])
    assert {one["custody"] for one in cases()} == {"in-transit"}


def test_each_unit_sees_how_it_confirms(site: Site) -> None:
    assert "交接确认方式" in site.browser("branch110").get("/packages").text


def test_who_only_reads_enters_no_list(site: Site) -> None:
    for account in ("auditor", "approver", "admin"):
        assert site.browser(account).post("/packages/signed", data={"codes": "x"}).status_code == 404
