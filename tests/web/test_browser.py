"""The pages in a real browser: a phone that scans, loses its network and finds it; a student who watches."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from biye.web.guard import STAFF
from biye.web.page import HERE
from models.custody import Scan
from rules.clock import now_in_shanghai
from tasks.custody import scan
from tests.printed_lots import bring, rows_of, shipped_reference
from tests.web.label_video import label_video
from tests.web.site import EAST, Site, question

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "has_touch": True, "is_mobile": True}
AXE = (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text() if CHROMIUM else ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="left out: no Chromium found")


@pytest.fixture
def browser(tmp_path: Path, site: Site) -> Iterator[Browser]:
    """Chromium whose camera shows the first package's label."""
    video = label_video(site.tokens[0], tmp_path / "label.mjpeg")
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    arguments = [*camera, f"--use-file-for-fake-video-capture={video}", "--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def phone(browser: Browser, site: Site, account: str = "") -> BrowserContext:
    context = browser.new_context(base_url=site.url, **PHONE)
    if account:
        secure = site.url.replace("http:", "https:")  # as behind a balancer; Chromium trusts localhost too
        cookie = {"name": STAFF, "value": site.signed_in(account), "url": secure, "secure": True}
        context.add_cookies([cookie])
    return context


def complaints(page: Page) -> list[str]:
    """What the accessibility checker finds on a page."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def test_a_person_signs_in_and_sees_the_packages(browser: Browser, site: Site) -> None:
    page = phone(browser, site).new_page()
    page.goto("/login")
    for name, value in site.credentials("branch110").items():
        page.fill(f"#{name}", value)
    page.click("main button")
    expect(page.locator("h1")).to_contain_text("北京分部")
    expect(page.locator("section").first).to_contain_text(site.codes[0])


def test_the_camera_reads_a_label_and_the_package_moves(browser: Browser, site: Site) -> None:
    page = phone(browser, site, "branch110").new_page()
    page.goto("/scan")
    expect(page.locator("#expected")).to_have_text("2")
    page.click("#start")
    expect(page.locator("#verdict")).to_have_class("verdict moved", timeout=15000)
    expect(page.locator("#verdict strong")).to_have_text("正确")
    expect(page.locator("#scanned")).to_have_text("1")
    expect(page.locator("#expected")).to_have_text("1")
    assert [row["outcome"] for row in rows_of(Scan)] == ["moved"]


def test_scans_wait_for_the_network_and_one_bad_scan_blocks_none(browser: Browser, site: Site) -> None:
    context = phone(browser, site, "branch110")
    page = context.new_page()
    page.goto("/scan")
    context.set_offline(True)
    for code in ("202001-000099-1", "x" * 400, *site.codes):
        page.fill("#code", code)
        page.press("#code", "Enter")
    expect(page.locator("#pending")).to_have_text("4")
    expect(page.locator("#verdict strong")).to_have_text("已存，待发送")
    assert rows_of(Scan) == []
    context.set_offline(False)
    expect(page.locator("#pending")).to_have_text("0", timeout=15000)
    assert [row["outcome"] for row in rows_of(Scan)] == ["moved", "moved"]
    expect(page.locator("#log li.refused").filter(has_text="label-check-digit")).to_have_count(1)


def test_the_page_opens_without_a_network_once_it_was_seen(browser: Browser, site: Site) -> None:
    context = phone(browser, site, "branch110")
    page = context.new_page()
    page.goto("/scan")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.keys().then((names) => names.length)")
    context.set_offline(True)
    page.reload()
    page.fill("#code", site.codes[0])
    page.press("#code", "Enter")
    expect(page.locator("#pending")).to_have_text("1")
    context.set_offline(False)
    expect(page.locator("#pending")).to_have_text("0", timeout=15000)
    assert [row["outcome"] for row in rows_of(Scan)] == ["moved"]


def test_two_centres_that_claim_one_package_are_told_apart(browser: Browser, site: Site) -> None:
    scan(site.codes[0], "110", False, now_in_shanghai(), "王", shipped_reference())
    scan(site.codes[0], "110", True, now_in_shanghai(), "王", shipped_reference())
    for account, outcome in (("west", "sighting"), ("east", "moved"), ("west", "sighting")):
        page = phone(browser, site, account).new_page()
        page.goto(f"/scan#{site.tokens[0]}")
        expect(page.locator("#verdict")).to_have_class(f"verdict {outcome}", timeout=15000)
        page.close()


def test_a_student_sees_a_scan_within_five_seconds(browser: Browser, site: Site) -> None:
    page = phone(browser, site).new_page()
    page.goto("/")
    for name, value in question(1).items():
        page.fill(f"#{name}", value)
    page.click("main button")
    expect(page.locator("#now")).to_contain_text("送往国家开放大学北京分部")
    bring(site.codes[0], EAST, now_in_shanghai())
    expect(page.locator("#now")).to_contain_text("东城学习中心领取", timeout=5000)


def test_no_page_keeps_anybody_out(browser: Browser, site: Site) -> None:
    stranger, staff = phone(browser, site).new_page(), phone(browser, site, "branch110").new_page()
    hq = phone(browser, site, "packing").new_page()
    admin, centre = phone(browser, site, "admin").new_page(), phone(browser, site, "east").new_page()
    for page, path in (
        (stranger, "/"),
        (stranger, "/login"),
        (stranger, f"/P/{site.tokens[0]}"),
        (stranger, "/nothing"),
        (staff, "/packages"),
        (staff, f"/packages/{site.codes[0]}"),
        (staff, "/scan"),
        (stranger, "/bind"),
        (admin, "/phones"),
        (centre, "/hand-over"),
        (centre, "/stocktake"),
        (hq, "/approvals"),
    ):
        page.goto(path)
        assert complaints(page) == [], path
    admin.fill("#unit", EAST)
    admin.click("main button")
    expect(admin.locator(".qr svg")).to_be_visible()
    assert complaints(admin) == []
    stranger.goto("/")
    for name, value in question(1).items():
        stranger.fill(f"#{name}", value)
    stranger.click("main button")
    expect(stranger.locator("#now")).to_be_visible()
    assert complaints(stranger) == []
