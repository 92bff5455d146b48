"""N5, N7: when a study centre may give a certificate to its student."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from rules.clock import SHANGHAI
from rules.hand_over import Standing, check_hand_over
from rules.refusals import Refused
from rules.states import Custody, Registration

ISSUE = date(2020, 1, 20)
CAME = datetime(2020, 1, 10, 9, tzinfo=SHANGHAI)
FIRST_MOMENT = datetime(2020, 1, 20, tzinfo=SHANGHAI)
READY = Standing("1*********01", Custody.AT_CENTRE, Registration.ACCEPTED, "1100201", CAME)


def test_a_certificate_is_handed_over_from_the_first_moment_of_the_issue_date() -> None:
    """N7: 2020-01-20, in Asia/Shanghai."""
    assert check_hand_over(READY, "1100201", FIRST_MOMENT, ISSUE)


@pytest.mark.parametrize(
    ("changed", "centre", "at", "code"),
    [
        ({}, "1100201", datetime(2020, 1, 19, 23, 59, 59, tzinfo=SHANGHAI), "N5-issue-date"),
        ({}, "1100301", FIRST_MOMENT, "N5-not-here"),
        ({}, "1100201", datetime(2020, 1, 10, 8, tzinfo=SHANGHAI), "N5-earlier"),
        ({"custody": Custody.IN_TRANSIT}, "1100201", FIRST_MOMENT, "N5-not-here"),
        ({"custody": Custody.NONE}, "1100201", FIRST_MOMENT, "N5-not-here"),
        ({"custody": Custody.LOST}, "1100201", FIRST_MOMENT, "N5-not-here"),
        ({"custody": Custody.HANDED_OVER}, "1100301", FIRST_MOMENT, "N5-handed-over"),
        ({"registration": Registration.SENT}, "1100201", FIRST_MOMENT, "N5-not-registered"),
        ({"registration": Registration.REJECTED}, "1100201", FIRST_MOMENT, "N5-not-registered"),
        ({"registration": Registration.UNKNOWN}, "1100201", FIRST_MOMENT, "N5-not-registered"),
        ({"holds": ("dispute（N5）",)}, "1100201", FIRST_MOMENT, "N5-held"),
    ],
)
def test_each_reason_against_a_hand_over_has_its_code(
    changed: dict[str, object], centre: str, at: datetime, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_hand_over(replace(READY, **changed), centre, at, ISSUE)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert "<" not in str(refused.value)  # every detail that the sentences name is there


def test_a_second_hand_over_by_the_same_centre_is_a_repeat() -> None:
    given = replace(READY, custody=Custody.HANDED_OVER, handed_over_at=FIRST_MOMENT)
    assert not check_hand_over(given, "1100201", FIRST_MOMENT, ISSUE)
