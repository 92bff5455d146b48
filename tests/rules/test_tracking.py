"""N9: who confirms transfers by scanning, who on paper."""

from collections.abc import Callable

import pytest

from rules.refusals import Refused
from rules.season import Pack
from rules.tracking import Tracking, check_paper, tracking_of
from tests.printed_lots import shipped_reference
from tests.rules.policy_packs import GONE, january_2020, pack_with

FLAGGED, NOT_FLAGGED = "110", "630"
ALL_SCAN = {"units": "all", "paper_fallback": False, "clause": "N9", "provenance": "stated"}


@pytest.mark.parametrize(
    ("pack", "pilot", "other"),
    [
        (january_2020, Tracking.SCAN, Tracking.PAPER),
        (lambda: pack_with(qr_pilot=GONE), Tracking.PAPER, Tracking.PAPER),
        (lambda: pack_with(qr_pilot=ALL_SCAN), Tracking.SCAN, Tracking.SCAN),
        (lambda: pack_with(qr_pilot=ALL_SCAN | {"units": ["630"]}), Tracking.PAPER, Tracking.SCAN),
    ],
)
def test_the_pilot_is_the_season_s_and_the_unit_s(
    pack: Callable[[], Pack], pilot: Tracking, other: Tracking
) -> None:
    found = [tracking_of(pack(), shipped_reference(), unit) for unit in (FLAGGED, NOT_FLAGGED)]
    assert found == [pilot, other]


def test_paper_is_refused_only_where_the_season_has_no_fallback() -> None:
    check_paper(january_2020(), shipped_reference(), FLAGGED)
    with pytest.raises(Refused) as refused:
        check_paper(pack_with(qr_pilot=ALL_SCAN), shipped_reference(), FLAGGED)
    assert refused.value.code == "N9-no-paper"
