"""Approvals at HQ's page: another person decides what one proposed (DESIGN 10)."""

import pytest
from sqlalchemy import update

from models.case import Case
from models.columns import table_of
from models.database import transaction
from rules.clock import now_in_shanghai
from rules.states import Audit, Certificate, Custody
from tasks.approval import approvals, propose
from tests.web.site import Site

CASES = table_of(Case)


@pytest.fixture
def proposed(site: Site) -> int:
    """A lot whose audit somebody proposed; its certificates were never made."""
    unmade = {"audit": Audit.PASSED, "certificate": Certificate.NONE, "custody": Custody.NONE}
    with transaction() as db:
        db.execute(update(CASES).values(**unmade))
        return propose(db, "lot-audit", 1, None, "经办人", now_in_shanghai())


def decided(site: Site, account: str, approval: int, what: str, **said: str) -> tuple[int, str]:
    answer = site.browser(account).post(f"/approvals/{approval}/{what}", data=said)
    return answer.status_code, answer.text


def state(approval: int) -> str:
    return next(str(one["state"]) for one in approvals(state=None) if one["id"] == approval)


def test_an_approver_approves_with_the_document_s_number(site: Site, proposed: int) -> None:
    approver = site.browser("approver")
    assert f"/approvals/{proposed}" in approver.get("/approvals").text
    assert "名单未变" in approver.get(f"/approvals/{proposed}").text
    status, page = decided(site, "approver", proposed, "approve")
    assert (status, "approval-document" in page) == (409, True)
    assert decided(site, "approver", proposed, "approve", document_no="国开审〔2020〕1号")[0] == 303
    assert state(proposed) == "approved"


def test_who_proposes_sees_and_does_not_decide(site: Site, proposed: int) -> None:
    assert "名单未变" in site.browser("packing").get(f"/approvals/{proposed}").text
    for account in ("packing", "auditor", "branch110", "east", "admin"):
        assert decided(site, account, proposed, "approve", document_no="1")[0] == 404
        assert decided(site, account, proposed, "reject")[0] == 404
    assert state(proposed) == "proposed"


def test_an_approver_turns_down_with_a_reason(site: Site, proposed: int) -> None:
    assert decided(site, "approver", proposed, "reject", note="名单有误")[0] == 303
    assert state(proposed) == "rejected"
    assert decided(site, "approver", proposed, "approve", document_no="1")[0] == 409


def test_outside_hq_there_are_no_approvals(site: Site, proposed: int) -> None:
    for account in ("branch110", "east", "admin"):
        assert site.browser(account).get("/approvals").status_code == 404
        assert site.browser(account).get(f"/approvals/{proposed}").status_code == 404
    assert site.browser("approver").get("/approvals/999").status_code == 404
