"""Gap check of a season (N5) on its tables: counts by branch, cause and owner, and the picture."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select, update

from models.case import Case
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from models.student import Student
from rules.gap import STEPS
from tasks.gap import Gaps, gap_rows, season_gaps
from tasks.gap_picture import gap_shapes, write_gap_picture
from tasks.policy import season_pack
from tasks.timeline_picture import WIDTH, Box
from tests.played_season import DONE, SEASON, STUDENTS, at
from tests.rules.policy_packs import january_2020
from tests.tasks.lots import at as noon
from tests.tasks.lots import hold, installation, make_case, make_lot  # noqa: F401

CASES, PACKAGES, ROSTER = table_of(Case), table_of(Package), table_of(Student)


def gaps(as_of: str = "") -> Gaps:
    return season_gaps(SEASON, season_pack(SEASON), at(as_of) if as_of else DONE)


def test_cases_are_counted_once_each_with_their_first_open_hold(installation: None) -> None:  # noqa: F811
    lot = make_lot()
    make_case(lot, audit="failed")
    make_case(lot, audit="approved", registration="accepted", certificate="numbered")
    sealed = make_case(lot, audit="approved", registration="accepted", certificate="printed")
    hold(sealed, "partner-seal")
    found = season_gaps(SEASON, january_2020(), noon("2019-12-20"))
    told = {(one.cause, one.detail, one.owner): one.people for one in found.missing}
    assert told == {
        ("unexplained", "", "hq"): 1,  # failed without a decision
        ("awaiting-data", "", "branch"): 1,
        ("held", "partner-seal", "hq"): 1,
    }
    assert found.unexplained == 1


def test_a_season_without_anybody_has_no_gaps(installation: None) -> None:  # noqa: F811
    found = season_gaps("2031-01", january_2020(), noon("2019-12-20"))
    assert (found.counts, found.unexplained) == ((), 0)
    assert {people for _, people in found.waterfall()} == {0}


def test_the_waterfall_agrees_with_the_tables(played: Path) -> None:
    """N5, G3: every student of the roster is at one step, and nobody's gap is unexplained."""
    found = gaps()
    steps = dict(found.waterfall())
    with reading() as db:
        audits = db.scalars(select(CASES.c.audit)).all()
        accepted = db.scalar(select(func.count()).where(CASES.c.registration == "accepted"))
    assert steps["eligible"] == STUDENTS
    assert (steps["audited"], steps["registered"]) == (audits.count("approved"), accepted)
    assert sum(one.people for one in found.missing) == STUDENTS - steps["confirmed"]
    assert found.by("cause")["not-reported",] == STUDENTS - len(audits)
    assert found.unexplained == 0
    assert list(steps.values()) == sorted(steps.values(), reverse=True)


def test_what_nobody_fetches_is_slow_after_the_dwell_limit_and_named_with_its_holder_after_two_months(
    played: Path,
) -> None:
    """G3: two months from the issue date, 01-20, as the certificates came before it."""
    waiting = gaps().by("cause")["awaiting-student",]
    assert waiting > 0
    assert gaps("2020-02-20T09:00").by("cause")["slow-at-centre",] == waiting
    assert gaps("2020-03-20T09:00").not_fetched() == {}
    late = gaps("2020-03-21T00:00").not_fetched()
    assert sum(late.values()) == waiting
    assert all(len(holder) == 7 for holder in late)


def test_a_branch_alone_is_asked_for(played: Path) -> None:
    pack = season_pack(SEASON)
    assert season_gaps(SEASON, pack, DONE, "110").counts == gaps().counts
    assert season_gaps(SEASON, pack, DONE, "130").counts == ()


def test_a_handed_over_certificate_waits_for_its_student_s_word_alone(played: Path) -> None:
    before = dict(gaps().waterfall())["handed-over"]
    with transaction() as db:
        db.execute(update(CASES).where(CASES.c.custody == "at-centre").values(custody="handed-over"))
    after = gaps()
    assert dict(after.waterfall())["handed-over"] > before
    assert after.by("cause")["awaiting-student",] == 0
    assert after.by("cause")["record-unconfirmed",] > 0


def test_the_table_for_prefect_names_no_person(played: Path) -> None:
    rows = gap_rows(gaps())
    with reading() as db:
        known = [text for row in db.execute(select(ROSTER.c.name, ROSTER.c.student_no)) for text in row]
    assert sum(row["人数 people"] for row in rows) == STUDENTS
    assert not [text for text in known if text in str(rows)]


def test_the_picture_has_a_bar_a_step_and_every_cause(played: Path, tmp_path: Path) -> None:
    found, file = gaps(), tmp_path / "gaps.svg"
    write_gap_picture(found, "2020年1月", file)
    texts = "".join(ElementTree.fromstring(file.read_text(encoding="utf-8")).itertext())
    for words in ("应毕业", "学生已领取", "暂缓：待合作高校盖章", "未上报毕业审核数据", "合作高校"):
        assert words in texts
    shapes, height = gap_shapes(found, "t")
    assert len([one for one in shapes if isinstance(one, Box) and one.height == 24]) == len(STEPS)
    assert all(0 <= one.x <= WIDTH and 0 <= one.y <= height for one in shapes)


@pytest.mark.parametrize("custody", ["lost", "damaged"])
def test_a_lost_or_damaged_certificate_is_its_holder_s(played: Path, custody: str) -> None:
    with transaction() as db:
        db.execute(update(CASES).where(CASES.c.custody == "at-centre").values(custody=custody))
    owners = {one.owner for one in gaps().missing if one.cause == custody}
    assert owners == {"centre"}
