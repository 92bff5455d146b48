"""Gap check (N5): everyone at exactly one step; whoever misses the next has a cause and an owner."""

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clock import SHANGHAI
from rules.confirmation import RecordCheck
from rules.gap import STEPS, explain, may_graduate
from rules.gap_causes import CAUSES, CHINESE, OWNERS_ZH, said_cause
from rules.holds import CHINESE as HOLDS_ZH
from rules.states import Audit, Certificate, Custody, Registration, Visibility
from tests.rules.policy_packs import january_2020

CAME = datetime(2019, 12, 1, tzinfo=SHANGHAI)
HERE = datetime(2020, 1, 16, tzinfo=SHANGHAI)
PERSON = {
    "case_id": 1, "branch": "110", "centre": "1100201", "has_case": True, "unmet": "", "sheets": 0,
    "audit": "approved", "registration": "none", "certificate": "none", "custody": "none",
    "dispatched": False, "certificate_data": True, "holder": None, "expected": None, "came_at": CAME,
    "held_since": None, "slow": False, "months_over": False, "visibility": "hidden", "record": "",
    "handed_over_at": None, "problem": "", "problem_owner": "", "problem_since": None, "finding": "",
    "finding_owner": "", "finding_since": None, "stocktake": "",
}  # fmt: skip
ACCEPTED = {"registration": "accepted", "certificate": "numbered"}
PRINTED = ACCEPTED | {"certificate": "printed"}
PACKED = ACCEPTED | {"certificate": "packed", "custody": "at-hq", "holder": "010"}
SENT = PACKED | {"dispatched": True, "custody": "in-transit", "expected": "110", "held_since": HERE}
AT_CENTRE = SENT | {"custody": "at-centre", "holder": "1100201", "expected": None}
GIVEN = AT_CENTRE | {"custody": "handed-over", "handed_over_at": HERE, "visibility": "visible"}
GIVEN |= {"record": "deferred"}
WRONG = {"record": "wrong", "problem": "record/name", "problem_owner": "010", "problem_since": HERE}
FOUND = {"finding": "missing", "finding_owner": "110", "finding_since": HERE}
NO_HOLDS = pd.DataFrame(columns=["case_id", "track", "reason", "detail", "owner", "since"])


def explained(person: dict[str, object], *holds: tuple[object, ...]) -> dict[str, object]:
    """What is said of one person, with holds on tracks: (track, reason, owner)."""
    rows = [(1, track, reason, "", owner, CAME) for track, reason, owner in holds]
    placed = pd.DataFrame(rows, columns=NO_HOLDS.columns) if rows else NO_HOLDS
    return dict(explain(pd.DataFrame([PERSON | person]), placed).to_dict("records")[0])


CASES = [
    ({"has_case": False}, "eligible", "not-reported", "branch", "110"),
    ({"audit": "awaiting"}, "eligible", "awaiting-audit", "hq", "010"),
    ({"audit": "failed", "unmet": "G0-credits"}, "eligible", "rule-unmet", "branch", "110"),
    ({"audit": "passed"}, "eligible", "awaiting-approval", "hq", "010"),
    ({}, "audited", "awaiting-number", "hq", "010"),
    ({"certificate": "numbered"}, "audited", "awaiting-export", "hq", "010"),
    ({"certificate": "numbered", "registration": "sent"}, "audited", "awaiting-answer", "hq", "010"),
    (SENT | {"registration": "rejected"}, "audited", "registration-rejected", "hq", "010"),
    (ACCEPTED, "registered", "awaiting-print", "hq", "010"),
    (ACCEPTED | {"certificate_data": False}, "registered", "awaiting-data", "branch", "110"),
    (ACCEPTED | {"sheets": 1}, "registered", "awaiting-reprint", "hq", "010"),
    (ACCEPTED | {"certificate": "printed"}, "certificate", "awaiting-packing", "hq", "010"),
    (ACCEPTED | {"certificate": "at-partner"}, "certificate", "at-partner", "partner", "010"),
    (PACKED, "certificate", "awaiting-dispatch", "hq", "010"),
    (SENT | {"custody": "returned-to-hq"}, "certificate", "returned", "hq", "010"),
    (SENT, "dispatched", "in-transit", "branch", "110"),
    (SENT | {"custody": "lost", "holder": "110"}, "dispatched", "lost", "branch", "110"),
    (AT_CENTRE, "dispatched", "awaiting-student", "student", "1100201"),
    (AT_CENTRE | {"slow": True}, "dispatched", "slow-at-centre", "centre", "1100201"),
    (AT_CENTRE | {"slow": True, "months_over": True}, "dispatched", "not-picked-up", "centre", "1100201"),
    (
        AT_CENTRE | {"months_over": True, "stocktake": "sent-on"},
        "dispatched",
        "not-found",
        "centre",
        "1100201",
    ),
    (PACKED | {"stocktake": "unseen"}, "certificate", "not-found", "hq", "010"),
    (SENT | {"stocktake": "sent-on"}, "dispatched", "in-transit", "branch", "110"),
    (AT_CENTRE | WRONG, "dispatched", "problem-open", "hq", "010"),
    (AT_CENTRE | FOUND | {"custody": "lost"}, "dispatched", "finding-open", "branch", "110"),
    (GIVEN | {"visibility": "hidden"}, "handed-over", "record-hidden", "hq", "010"),
    (GIVEN, "handed-over", "record-unconfirmed", "centre", "1100201"),
    (GIVEN | {"record": ""}, "handed-over", "record-unconfirmed", "centre", "1100201"),
    (GIVEN | WRONG, "handed-over", "problem-open", "hq", "010"),
    (GIVEN | WRONG | {"record": "confirmed"}, "handed-over", "problem-open", "hq", "010"),
    (GIVEN | {"record": "confirmed"}, "confirmed", "", "", ""),
]


@pytest.mark.parametrize(("person", "step", "cause", "owner", "unit"), CASES)
def test_a_person_is_at_one_step_and_misses_the_next_for_one_cause(person, step, cause, owner, unit):
    found = explained(person)
    assert (found["step"], found["cause"], found["owner"], found["unit"]) == (step, cause, owner, unit)


HELD = [
    (ACCEPTED, ("certificate", "photo", "110"), "held", "photo", "branch"),
    (PRINTED, ("dispatch", "partner-seal", "010"), "held", "partner-seal", "hq"),
    (AT_CENTRE, ("hand-over", "dispute", "1100201"), "held", "dispute", "centre"),
    (GIVEN | {"visibility": "hidden"}, ("visibility", "photo", "110"), "held", "photo", "branch"),
    (ACCEPTED, ("dispatch", "partner-seal", "010"), "awaiting-print", "", "hq"),  # holds a later step only
]


@pytest.mark.parametrize(("person", "hold", "cause", "detail", "owner"), HELD)
def test_a_hold_explains_the_step_of_its_own_track_and_names_who_acts(person, hold, cause, detail, owner):
    found = explained(person, hold)
    assert (found["cause"], found["detail"], found["owner"]) == (cause, detail, owner)


def test_a_certificate_that_was_sent_counts_from_the_acceptance_of_its_registration_on():
    """N5: hand-over needs both; the certificate's way does not hide that the registry has not answered."""
    assert explained(AT_CENTRE | {"registration": "sent"})["step"] == "audited"
    assert explained(AT_CENTRE)["step"] == "dispatched"


def test_what_no_cause_explains_is_unexplained():
    """N5: an accepted registration without a number cannot be; a season is not closed over it."""
    assert explained(ACCEPTED | {"certificate": "none"})["cause"] == "unexplained"


STATES = st.fixed_dictionaries(
    {
        "has_case": st.booleans(),
        "audit": st.sampled_from([str(one) for one in Audit]),
        "registration": st.sampled_from([str(one) for one in Registration]),
        "certificate": st.sampled_from([str(one) for one in Certificate]),
        "custody": st.sampled_from([str(one) for one in Custody]),
        "dispatched": st.booleans(),
        "slow": st.booleans(),
        "visibility": st.sampled_from([str(one) for one in Visibility]),
        "record": st.sampled_from(["", *map(str, RecordCheck)]),
        "problem": st.sampled_from(["", "record/name", "certificate/photo"]),
        "finding": st.sampled_from(["", "missing"]),
    }
)


@given(st.lists(STATES, min_size=1, max_size=30))
def test_whoever_is_not_at_the_last_step_has_cause_and_owner_whatever_the_states(people):
    """N5: among several people each is explained as alone."""
    found = explain(pd.DataFrame([PERSON | one for one in people]), NO_HOLDS).to_dict("records")
    for row in found:
        assert row["step"] in STEPS
        assert (row["missing"] == "") == (row["step"] == STEPS[-1])
        assert bool(row["cause"]) == bool(row["owner"]) == (row["missing"] != "")
    assert found[-1] == explained(people[-1])


def test_every_cause_and_every_step_is_said_in_chinese():
    assert all(said_cause(cause.code, "photo") for cause in CAUSES)
    assert said_cause("rule-unmet", "G0-module-credits") == "审核未通过：模块学分不足"
    assert said_cause("problem-open", "record/photo") == "证书问题待处理：学信网信息照片"
    assert all(said_cause("held", reason) == f"暂缓：{zh}" for reason, zh in HOLDS_ZH.items())
    assert set(CHINESE) == set(STEPS)
    assert {cause.owner for cause in CAUSES if cause.owner} <= set(OWNERS_ZH)


@pytest.mark.parametrize(
    ("term", "status", "asked"),
    [
        ("201709", "在籍", True),
        ("201803", "在籍", False),  # fewer than five terms
        ("201203", "在籍", True),  # the sixteenth term
        ("201109", "在籍", False),  # past its validity: N8's
        ("201709", "退学", False),
    ],
)
def test_who_of_a_roster_without_a_case_is_asked_for(term, status, asked):
    """N5, N8: enrolled, with enough terms and within the validity."""
    students = pd.DataFrame({"entry_term": [term], "status": [status]})
    assert may_graduate(students, january_2020()).tolist() == [asked]
