"""What a student is told of the certificate, stage by stage (N9, G2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.custody import AT_LEVEL, Tree
from rules.states import Audit, Certificate, Custody, Registration, Visibility
from rules.student_timeline import TITLES, Facts, Progress, Stage, current, student_timeline
from tests.printed_lots import shipped_reference

TREE = Tree.of(shipped_reference().organisations)
CENTRE = "1100201"


def facts(**changed: object) -> Facts:
    usual = {
        "audit": Audit.APPROVED,
        "registration": Registration.SENT,
        "certificate": Certificate.PACKED,
        "custody": Custody.AT_HQ,
        "visibility": Visibility.HIDDEN,
        "centre": CENTRE,
    }
    return Facts(**(usual | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "stage", "progress", "said"),
    [
        ({"audit": Audit.AWAITING, "certificate": Certificate.NONE}, "audit", "now", "正在办理"),
        ({"audit": Audit.FAILED, "certificate": Certificate.NONE}, "audit", "stopped", "暂缓"),
        ({"certificate": Certificate.NUMBERED, "custody": Custody.NONE}, "printed", "now", "正在办理"),
        ({}, "dispatched", "now", "正在办理"),
        ({"custody": Custody.IN_TRANSIT, "expected": "110"}, "at-branch", "now", "北京分部"),
        ({"custody": Custody.AT_BRANCH, "holder": "110"}, "at-centre", "now", "待发往学习中心"),
        ({"custody": Custody.IN_TRANSIT, "holder": "110", "expected": CENTRE}, "at-centre", "now", "送往"),
        ({"custody": Custody.AT_CENTRE, "holder": CENTRE}, "in-hand", "now", "领取，请带本人身份证件"),
        ({"custody": Custody.LOST, "holder": "110"}, "dispatched", "stopped", "暂缓"),
        ({"custody": Custody.HANDED_OVER, "holder": CENTRE}, "registration", "now", "正在办理"),
    ],
)
def test_the_stage_that_is_waited_for_and_where_the_certificate_is(
    changed: dict[str, object], stage: str, progress: str, said: str
) -> None:
    now = current(student_timeline(facts(**changed), TREE))
    assert (now.stage, now.progress) == (stage, progress)
    assert said in now.zh


@pytest.mark.parametrize(
    ("track", "reason", "stage", "said"),
    [
        ("certificate", "photo", "printed", "照片"),
        ("dispatch", "partner-seal", "dispatched", "合作高校盖章"),
        ("visibility", "photo", "record", "照片"),
        ("hand-over", "wrong-name", "in-hand", "核实"),
    ],
)
def test_a_hold_says_why_in_plain_words_and_stops_only_its_stage(
    track: str, reason: str, stage: str, said: str
) -> None:
    steps = {
        one.stage: one
        for one in student_timeline(
            facts(holds=((track, reason),), custody="none", certificate=Certificate.NUMBERED), TREE
        )
    }
    waiting = [one.stage for one in steps.values() if one.why]
    assert waiting == [stage]
    assert said in steps[Stage(stage)].why[0][0]


def test_who_has_everything_waits_for_nothing() -> None:
    everything = facts(
        registration=Registration.ACCEPTED,
        custody=Custody.HANDED_OVER,
        holder=CENTRE,
        visibility=Visibility.VISIBLE,
        days={Stage.RECORD: date(2020, 1, 20)},
        due={Stage.IN_HAND: date(2020, 3, 20)},
    )
    steps = student_timeline(everything, TREE)
    assert {one.progress for one in steps} == {Progress.DONE}
    assert current(steps).on == date(2020, 1, 20)
    assert all(one.due is None for one in steps)


PLACES = st.sampled_from(
    [(AT_LEVEL[TREE.levels[unit]], unit, None) for unit in TREE.route(CENTRE)]
    + [(Custody.IN_TRANSIT, "010", "110"), (Custody.IN_TRANSIT, "110", CENTRE), (Custody.LOST, "110", None)]
)


@given(
    st.sampled_from(Audit),
    st.sampled_from(Registration),
    st.sampled_from(Certificate),
    PLACES,
    st.sampled_from(Visibility),
)
def test_every_stage_is_told_once_and_no_code_is_shown(
    audit, registration, certificate, place, visibility
) -> None:
    custody, holder, expected = place
    told = student_timeline(
        facts(
            audit=audit,
            registration=registration,
            certificate=certificate,
            custody=custody,
            holder=holder,
            expected=expected,
            visibility=visibility,
        ),
        TREE,
    )
    assert [one.stage for one in told] == list(Stage) == list(TITLES)
    way = [one for one in told if one.stage not in (Stage.REGISTRATION, Stage.RECORD)]
    assert sum(one.progress in (Progress.NOW, Progress.STOPPED) for one in way) <= 1
    assert all(one.zh and one.en and holder not in one.zh for one in told)
