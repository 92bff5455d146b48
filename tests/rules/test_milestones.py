"""The timeline that people read: every clause's days, computed, waiting or cancelled (G1)."""

from datetime import date

import pytest

from rules.calendar import known_on
from rules.milestones import KINDS_ZH, milestones
from rules.season_values import Kind
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.rules.test_season import other_season


def named(text: str, pack=None, calendar=None):
    (found,) = [one for one in milestones(pack or january_2020(), calendar) if text in one.zh]
    return found


@pytest.mark.parametrize(
    ("text", "first", "last", "clause"),
    [
        ("首批 接收综合实践环节成绩", "2019-11-29", "2019-12-02", "T1"),
        ("首批 毕业审核", "2019-11-29", "2020-01-15", "T1"),
        ("第二批 接收期末考试成绩", "2020-02-17", "2020-04-17", "T2"),
        ("续读本科审核数据单独上报截止", "2020-03-09", "2020-03-09", "T3"),
        ("首批末日起：学历电子注册", "2020-02-12", "2020-02-12", "T4"),
        ("首批末日起：毕业证书办理", "2020-02-05", "2020-02-05", "R2"),
        ("免修免考申请截止", "2019-12-10", "2019-12-10", "R3"),
        ("首批 数据齐全的最后安全日", "2019-12-31", "2019-12-31", "N1"),
        ("第二批 数据齐全的最后安全日", "2020-04-02", "2020-04-02", "N1"),
        ("总部寒假，仍计工作日", "2020-01-20", "2020-02-16", "N4"),
        ("发证日期", "2020-01-20", "2020-01-20", "N7"),
        ("首批未上报注册数据预警", "2020-01-19", "2020-01-19", "N7"),
        ("学籍清理完成", "2020-06-15", "2020-06-15", "N8"),
        ("学生获得毕业证书（自发证日期）", "2020-03-20", "2020-03-20", "G3"),
        ("学生获得毕业证书（第二批末日审批起）", "2020-06-17", "2020-06-17", "G3"),
    ],
)
def test_the_timeline_shows_each_day_of_the_notice(text, first, last, clause):
    pack_days = [one for one in milestones(january_2020()) if one.zh.startswith(text)]
    assert (date.fromisoformat(first), date.fromisoformat(last), clause) in [
        (one.first, one.last, one.clause) for one in pack_days
    ]


def test_the_timeline_moves_with_the_calendar():
    """NOTICE Workdays: 02-10 as first published."""
    assert named("首批末日起：学历", calendar=known_on(date(2020, 1, 20))).first == date(2020, 2, 10)


def test_the_cancelled_batch_is_shown_with_its_reason():
    """N4."""
    batch = named("寒假批")
    assert (batch.shape, batch.first) == ("cancelled", None)
    assert "取消寒假期间的毕业审核批次" in batch.rule


def test_what_is_not_known_says_what_it_waits_for():
    """N6, T3."""
    assert named("封皮征订截止").waits_for == "cover-estimates"
    unknown = pack_with(**{"dates__enrolment-deadline__day": GONE})
    assert named("续读本科审核数据单独上报截止", unknown).waits_for == "enrolment-deadline"


def test_the_timeline_is_in_order_of_day():
    days = [one.first or one.last for one in milestones(january_2020()) if one.first or one.last]
    assert days == sorted(days)


def test_a_season_of_another_shape_has_a_timeline_too():
    found = milestones(other_season())
    assert any("（学习中心）" in one.zh for one in found)
    assert any("17:00" in one.rule for one in found)
    assert any(one.waits_for == "term-start" for one in found)


def test_a_vacation_that_is_counted_out_says_so():
    """N4."""
    assert named("总部寒假，不计工作日", pack_with(vacation__counted_out=True)).shape == "vacation"


def test_every_kind_has_its_chinese_name():
    assert set(KINDS_ZH) == {kind.value for kind in Kind}
