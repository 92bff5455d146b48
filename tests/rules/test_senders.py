"""Who may send what, and how names tell kinds."""

import pandas as pd
import pytest

from rules.refusals import Refused
from rules.senders import check_sender, check_size, kind_named, kind_of_filename, reporting_units
from rules.submission import KINDS

UNITS = frozenset({"010", "110", "901"})


def test_branches_colleges_and_hq_report_and_centres_do_not():
    levels = ["hq", "branch", "college", "local-college", "study-centre"]
    organisations = pd.DataFrame({"code": ["010", "110", "901", "13001", "1100101"], "level": levels})
    assert reporting_units(organisations) == UNITS


@pytest.mark.parametrize(("kind", "unit"), [("practice", "1100101"), ("practice", ""), ("roster", "110 ")])
def test_nobody_else_reports(kind, unit):
    with pytest.raises(Refused, match="sender-unknown"):
        check_sender(kind, unit, UNITS)


def test_the_registrys_receipt_comes_from_hq_alone():
    check_sender("registry-receipt", "010", UNITS)
    with pytest.raises(Refused, match="sender-hq-only"):
        check_sender("registry-receipt", "110", UNITS)


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_is_known_by_both_its_names(kind):
    assert kind_named(kind) == kind_named(KINDS[kind].zh) == kind
    assert kind_of_filename(f"{kind}-20191202.csv") == kind
    assert kind_of_filename(f"{KINDS[kind].zh}.xlsx") == kind, "the name under which a template is written"


def test_the_longest_name_wins_and_capitals_do_not_matter():
    assert kind_of_filename("GRADE-HISTORY 1.CSV") == "grade-history"
    assert kind_of_filename("毕业审核数据.xlsx") == "audit-data"


@pytest.mark.parametrize("name", ["成绩.csv", "xpractice.csv", "", "20191202-practice.csv"])
def test_other_names_tell_no_kind(name):
    assert kind_of_filename(name) is None


def test_the_cap_itself_is_allowed():
    cap = KINDS["practice"].cap
    check_size(cap, "practice", "a.csv", cap)
    with pytest.raises(Refused, match="file-over-cap"):
        check_size(cap + 1, "practice", "a.csv", cap)
