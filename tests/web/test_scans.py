"""Scans over HTTP: each by itself, each once, and moved only by the unit expected (N9)."""

from datetime import timedelta

import pytest

from models.custody import Scan
from rules.clock import now_in_shanghai
from tests.printed_lots import cases, rows_of
from tests.web.site import EAST, Site


def one(code: str, nonce: str, direction: str = "in", **more: str) -> dict[str, str]:
    return {"code": code, "direction": direction, "nonce": nonce.rjust(16, "0"), **more}


def sent(site: Site, account: str, *scans: dict[str, str]) -> list[dict[str, str]]:
    answer = site.browser(account).post("/api/scans", json={"scans": scans, "device": "手机"})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_the_unit_expected_moves_a_package_and_all_in_it(site: Site) -> None:
    (told,) = sent(site, "branch110", one(site.tokens[0], "a"))
    assert (told["outcome"], told["code"], told["certificates"]) == ("moved", site.codes[0], 2)
    assert [one["custody"] for one in cases()] == ["at-branch", "in-transit", "at-branch"]


def test_another_s_scan_is_a_sighting_and_moves_nothing(site: Site) -> None:
    (told,) = sent(site, "branch120", one(site.codes[0], "a"))
    assert told["outcome"] == "sighting"
    assert "误投登记" in told["sentence"]
    assert {one["custody"] for one in cases()} == {"in-transit"}


def test_what_is_sent_twice_counts_once_and_is_answered_the_same(site: Site) -> None:
    first = sent(site, "branch110", one(site.codes[0], "a"), one(site.codes[0], "a"))
    assert [told["outcome"] for told in first] == ["moved", "moved"]
    assert [row["nonce"] for row in rows_of(Scan)] == ["a".rjust(16, "0")]
    sent(site, "branch110", one(site.codes[0], "b", "out"))
    (again,) = sent(site, "branch110", one(site.codes[0], "a"))
    assert again["outcome"] == "moved"
    assert len(rows_of(Scan)) == 2


def test_one_bad_scan_never_stops_the_rest(site: Site) -> None:
    told = sent(
        site,
        "branch110",
        one("202001-000099-1", "a"),
        one("HTTPS://ELSEWHERE.INVALID/X", "b"),
        one(site.codes[1], "c"),
        one(site.codes[0], "d", at="2020-01-01T00:00:00+08:00"),
    )
    assert [(said["outcome"], said["error"]) for said in told] == [
        ("refused", "label-check-digit"),
        ("refused", "label-code"),
        ("moved", ""),
        ("refused", "N9-scan-time"),
    ]


def test_the_same_nonce_for_another_package_is_refused(site: Site) -> None:
    told = sent(site, "branch110", one(site.codes[0], "a"), one(site.codes[1], "a"))
    assert [said["error"] for said in told] == ["", "N9-nonce"]


def test_a_scan_of_yesterday_keeps_its_time_and_names_its_device(site: Site) -> None:
    yesterday = now_in_shanghai() - timedelta(days=1)
    sent(site, "branch110", one(site.codes[0], "a", at=yesterday.isoformat()))
    (kept,) = rows_of(Scan)
    assert abs(kept["occurred_at"] - yesterday) < timedelta(milliseconds=1)
    assert (kept["device"], kept["actor"]) == ("手机", "branch110")


def test_a_phone_whose_clock_runs_ahead_never_dates_a_scan_into_the_future(site: Site) -> None:
    ahead = now_in_shanghai() + timedelta(minutes=2)
    sent(site, "branch110", one(site.codes[0], "a", at=ahead.isoformat()))
    assert rows_of(Scan)[0]["occurred_at"] < ahead


def test_what_is_expected_is_what_is_on_its_way_to_the_unit(site: Site) -> None:
    client = site.browser("branch110")
    assert [one["code"] for one in client.get("/api/expected").json()["expected"]] == site.codes
    sent(site, "branch110", one(site.codes[0], "a"), one(site.codes[0], "b", "out"))
    assert [one["code"] for one in client.get("/api/expected").json()["expected"]] == [site.codes[1]]
    assert site.browser("east").get("/api/expected").json() == {
        "unit": EAST,
        "expected": [{"code": site.codes[0], "certificates": 2}],
    }


@pytest.mark.parametrize(
    "body",
    [
        {"scans": []},
        {"scans": [{"code": "x", "direction": "up", "nonce": "n" * 16}]},
        {"scans": [{"code": "x", "direction": "in", "nonce": "short"}]},
        {"scans": [{"code": "x" * 301, "direction": "in", "nonce": "n" * 16}]},
        {},
    ],
)
def test_a_body_that_is_none_is_told_so(site: Site, body: dict[str, object]) -> None:
    assert site.browser("branch110").post("/api/scans", json=body).status_code == 422


@pytest.mark.parametrize("account", ["approver", "auditor", "admin"])
def test_who_only_reads_or_decides_confirms_nothing(site: Site, account: str) -> None:
    body = {"scans": [one(site.codes[0], "a")]}
    assert site.browser(account).post("/api/scans", json=body).status_code == 404
    assert rows_of(Scan) == []
