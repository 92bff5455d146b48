"""What every door asks: who, from which page, and within which scope; strangers learn nothing (N9, G2)."""

import httpx
import pytest

from biye.web.guard import STAFF
from tests.web.site import ACCOUNTS, EAST, WEST, Site

PAGES = ("/packages", "/scan", "/api/expected")
SEEN = {  # which of these each account may see
    "packing": PAGES,
    "approver": PAGES[:1],
    "branch110": PAGES,
    "branch120": PAGES,
    "east": PAGES,
    "west": PAGES,
    "auditor": PAGES[:1],
    "admin": (),
}


def test_every_account_sees_what_its_role_may_and_404_elsewhere(site: Site) -> None:
    for account in ACCOUNTS:
        client = site.browser(account)
        found = {path: client.get(path).status_code for path in PAGES}
        assert found == {path: 200 if path in SEEN[account] else 404 for path in PAGES}, account
    assert {site.browser().get(path).status_code for path in PAGES} == {404}


def test_a_package_is_there_for_its_own_units_alone(site: Site) -> None:
    east, west = (f"/packages/{code}" for code in site.codes)
    sees = {
        "packing": (200, 200),
        "branch110": (200, 200),
        "branch120": (404, 404),
        "east": (200, 404),
        "west": (404, 200),
    }
    for account, expected in sees.items():
        client = site.browser(account)
        assert (client.get(east).status_code, client.get(west).status_code) == expected, account
    outside, unknown = (site.browser("branch120").get(path) for path in (east, "/packages/202001-000099-1"))
    assert outside.text == unknown.text


def test_a_label_tells_a_stranger_only_whom_to_call_whether_it_exists_or_not(site: Site) -> None:
    real, invented = (
        site.browser().get(f"/P/{token}") for token in (site.tokens[0], "0123456789ABCDEFGHJKMNPQRS")
    )
    assert real.status_code == 200
    assert real.text == invented.text
    assert "57519092" in real.text
    assert not any(said in real.text for said in (site.codes[0], "北京分部", EAST, WEST))
    assert site.browser().get("/P/nothing").status_code == 404


def test_staff_who_scan_a_label_come_to_the_scan(site: Site) -> None:
    answer = site.browser("east").get(f"/P/{site.tokens[0]}")
    assert answer.headers["Location"] == f"/scan#{site.tokens[0]}"
    assert site.browser("auditor").get(f"/P/{site.tokens[0]}").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.invalid"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.invalid"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_makes_a_browser_send_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    cookie = f"{STAFF}={site.signed_in('east')}"
    body = {"scans": [{"code": site.codes[0], "direction": "in", "nonce": "n" * 16}]}
    answer = httpx.post(f"{site.url}/api/scans", json=body, headers={"Cookie": cookie, **headers})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "changed", [{"name": "nobody"}, {"password": "wrong horse"}, {"code": "000000"}, {"code": ""}]
)
def test_whatever_is_wrong_at_the_door_is_told_the_same(site: Site, changed: dict[str, str]) -> None:
    answer = site.browser().post("/login", data=site.credentials("east") | changed)
    assert answer.status_code in (403, 422)
    assert STAFF not in answer.cookies


def test_a_code_lets_in_once(site: Site) -> None:
    credentials, client = site.credentials("east"), site.browser()
    assert client.post("/login", data=credentials).status_code == 303
    assert client.post("/login", data=credentials).status_code == 403


def test_who_tries_too_often_waits_with_the_right_password_too(site: Site) -> None:
    client = site.browser()
    for _ in range(10):
        assert client.post("/login", data=site.credentials("east") | {"code": "000000"}).status_code == 403
    assert client.post("/login", data=site.credentials("east")).status_code == 403


def test_after_leaving_the_cookie_opens_nothing(site: Site) -> None:
    client = site.browser("east")
    assert client.post("/logout").status_code == 303
    assert client.get("/packages").status_code == 404


def test_every_answer_keeps_scripts_of_others_out_and_cookies_to_itself(site: Site) -> None:
    answer = site.browser().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
    cookie = site.browser().post("/login", data=site.credentials("east")).headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"))
    assert "Domain" not in cookie
