"""N7: from which day a registered record can be searched."""

from datetime import date, datetime

from rules.clock import SHANGHAI
from rules.visibility import visible_from

ISSUE = date(2020, 1, 20)


def test_nothing_is_searchable_before_the_issue_date():
    assert visible_from(ISSUE, datetime(2020, 1, 3, tzinfo=SHANGHAI), None) == ISSUE


def test_the_last_arrival_after_the_issue_date_decides_by_shanghais_day():
    late = datetime(2020, 3, 1, 23, 59, tzinfo=SHANGHAI)
    assert visible_from(ISSUE, datetime(2020, 1, 3, tzinfo=SHANGHAI), late) == date(2020, 3, 1)
