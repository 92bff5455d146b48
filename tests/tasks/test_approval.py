"""Approvals: proposed, decided by another person, checked again, done or stale (R1, T4)."""

from datetime import date

import pytest
from sqlalchemy import insert, update

from models.certificate import RegistryPackage
from models.columns import table_of
from models.database import reading, transaction
from models.event import broken_links, digest_of
from models.lot import Approval
from rules.refusals import Refused
from tasks.approval import approvals, approve, propose, reject, shown
from tests.rules.policy_packs import january_2020
from tests.tasks.lots import (
    CASES,
    LOTS,
    SEASON,
    at,
    change,
    events,
    installation,
    make_case,
    make_lot,
    promises,
    rows,
)

__all__ = ["installation"]
pytestmark = pytest.mark.usefixtures("installation")
REGISTRY = table_of(RegistryPackage)
APPROVALS = table_of(Approval)
NUMBER = "国开教审〔2019〕1号"


def proposed(lot_id: int, ids: list[int] | None = None, day: str = "2019-12-06", by: str = "王芳") -> int:
    with transaction() as db:
        return propose(db, "lot-audit", lot_id, ids, by, at(day))


def approved(approval_id: int, by: str = "李明", number: str = NUMBER) -> int:
    return approve(approval_id, by, at("2019-12-09"), number, january_2020())


def refused(code: str, approval_id: int, **how: str) -> Refused:
    with pytest.raises(Refused) as caught:
        approved(approval_id, **how)
    assert caught.value.code == code
    return caught.value


def tracks(ids: list[int]) -> list[str]:
    return [row.audit for row in rows(CASES) if row.id in ids]


def test_an_approval_freezes_the_passed_cases_as_the_lots_part_and_starts_its_promises():
    lot_id = make_lot()
    passed = [make_case(lot_id), make_case(lot_id)]
    assert approved(proposed(lot_id, passed)) == 2
    assert tracks(passed) == ["approved", "approved"]
    (lot,) = rows(LOTS)
    assert (lot.approved_at, lot.cases, lot.document_no) == (at("2019-12-09"), 2, NUMBER)
    assert promises("registry")[0].started_on == date(2019, 12, 9)
    (row,) = rows(APPROVALS)
    assert (row.state, row.decided_by, row.document_no, row.count) == ("approved", "李明", NUMBER, 2)


def test_cases_that_have_not_passed_leave_the_frozen_part_for_a_later_one():
    lot_id = make_lot()
    make_case(lot_id)
    failed, awaiting = make_case(lot_id, "failed"), make_case(lot_id, "awaiting")
    approved(proposed(lot_id))
    assert tracks([failed, awaiting]) == ["failed", "awaiting"]
    assert {row.lot_id for row in rows(CASES) if row.id in (failed, awaiting)} == {None}


@pytest.mark.parametrize("by", ["王芳", " 王 芳 ", "王芳\u3000"])
def test_nobody_approves_what_they_proposed(by):
    case = make_case(make_lot())
    refused("approval-same-person", proposed(1), by=by)
    assert tracks([case]) == ["passed"]


def test_width_and_case_of_letters_make_no_second_person():
    make_case(make_lot())
    refused("approval-same-person", proposed(1, by="Wang Fang"), by="ＷＡＮＧ fang")


def test_an_approver_has_a_name_and_a_lots_audit_its_document():
    make_case(make_lot())
    approval = proposed(1)
    refused("approval-nameless", approval, by=" ")
    refused("approval-document", approval, number=" ")
    assert rows(APPROVALS)[0].state == "proposed"


@pytest.mark.parametrize("changed", ["one-more", "one-less", "another"])
def test_a_list_that_changed_since_is_not_executed_but_proposed_anew(changed):
    lot_id = make_lot()
    ids = [make_case(lot_id), make_case(lot_id)]
    first = proposed(lot_id, ids)
    if changed != "one-more":
        change([ids[0]], audit="failed")
    if changed != "one-less":
        make_case(lot_id)
    refusal = refused("approval-stale", first)
    assert "approved" not in tracks(ids)
    assert rows(LOTS)[0].approved_at is None
    stale, renewed = rows(APPROVALS)
    assert (stale.state, renewed.state, renewed.proposer) == ("stale", "proposed", "王芳")
    assert refusal.where["renewed"] == renewed.id
    assert approved(renewed.id) == renewed.count


def test_a_list_that_became_empty_is_stale_and_nothing_is_proposed_in_its_place():
    case = make_case(make_lot())
    approval = proposed(1)
    change([case], audit="failed")
    refused("approval-stale", approval)
    assert [row.state for row in rows(APPROVALS)] == ["stale"]


def test_a_part_is_approved_once_even_if_another_case_passes_later():
    lot_id = make_lot()
    make_case(lot_id)
    approved(proposed(lot_id))
    late = make_case(lot_id)
    refused("approval-stale", proposed(lot_id, [late]))
    assert tracks([late]) == ["passed"]
    assert rows(LOTS)[0].cases == 1


def test_proposing_the_same_list_again_changes_nothing_and_another_list_replaces_it():
    lot_id = make_lot()
    first = make_case(lot_id)
    assert proposed(lot_id, [first]) == proposed(lot_id, [first], "2019-12-07")
    second = make_case(lot_id)
    assert proposed(lot_id, [second, first]) != 1
    assert [row.state for row in rows(APPROVALS)] == ["stale", "proposed"]
    assert rows(APPROVALS)[1].frozen_hash == digest_of([first, second])


def test_what_is_decided_stays_decided():
    make_case(make_lot())
    approval = proposed(1)
    approved(approval)
    refused("approval-decided", approval)
    with pytest.raises(Refused, match="approval-decided"):
        reject(approval, "李明", at("2019-12-10"))
    refused("approval-unknown", 99)


def test_a_rejected_list_is_not_executed_and_keeps_the_reason():
    case = make_case(make_lot())
    reject(proposed(1), "李明", at("2019-12-09"), "名单有误")
    (row,) = rows(APPROVALS)
    assert (row.state, row.decided_by, row.note) == ("rejected", "李明", "名单有误")
    assert tracks([case]) == ["passed"]
    assert promises("registry") == []


def test_the_lots_chain_tells_who_proposed_and_who_approved():
    make_case(make_lot())
    approved(proposed(1))
    (first,), (second,) = events("lot-audit-proposed"), events("audit-approved")
    assert (first.actor, second.actor, second.stream) == ("王芳", "李明", "lot:1")
    assert second.data["list"] == rows(APPROVALS)[0].frozen_hash
    with reading() as db:
        assert list(broken_links(db)) == []


def registry_package() -> int:
    row = {"season": SEASON, "batch": 1, "lot_id": make_lot(), "archived": "a" * 64, "rows": 7}
    with transaction() as db:
        made = insert(REGISTRY).values(**row, exported_at=at("2019-12-10"))
        return db.execute(made.returning(REGISTRY.c.id)).scalar_one()


def test_t4_a_registry_upload_is_approved_by_its_files_hash_and_needs_no_document():
    package = registry_package()
    with transaction() as db:
        approval = propose(db, "registry-upload", package, None, "王芳", at("2019-12-10"))
    assert shown(approval)["unchanged"]
    assert approved(approval, number="") == 7
    assert events("registry-upload-approved")[0].actor == "李明"


@pytest.mark.parametrize("changed", [{"archived": "b" * 64}, {"sent_at": at("2019-12-11")}])
def test_t4_a_package_built_again_or_sent_meanwhile_is_not_approved(changed):
    package = registry_package()
    with transaction() as db:
        approval = propose(db, "registry-upload", package, None, "王芳", at("2019-12-10"))
        db.execute(update(REGISTRY).values(**changed))
    assert not shown(approval)["unchanged"]
    refused("approval-stale", approval, number="")


def test_what_waits_is_listed_in_order_and_by_season():
    for part in (1, 2):
        make_case(make_lot(part))
        proposed(part)
    assert [row["subject_id"] for row in approvals(SEASON)] == [1, 2]
    approved(1)
    assert [row["id"] for row in approvals()] == [2]
    assert len(approvals(state=None)) == 2
    assert approvals("2020-07") == []
