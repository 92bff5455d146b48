"""N5: a stocktake counts each certificate once: expected = found + missing + explained."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.custody import Place, Tree
from rules.refusals import Refused
from rules.states import Custody
from rules.stocktake import (
    FITTING,
    UNRESOLVED,
    Explanation,
    Verdict,
    check_close,
    check_explanation,
    counted,
    is_number,
    judge,
    next_act,
)
from rules.stocktake_sentences import ScanOutcome, StockScan, stocktake_sentences
from tests.printed_lots import shipped_reference

FACTS = ("here", "listed", "found", "came", "moved")
ROW = {"here": False, "listed": False, "found": False, "came": False, "moved": False, "reason": ""}
TABLE = [
    ("here listed", "", "missing"),
    ("here listed found", "", "found"),
    ("here listed", "handed-over", "explained"),
    ("here listed found", "handed-over", "found"),  # explained, and found all the same
    ("here came", "", "arrived"),
    ("here came found", "", "found"),
    ("here", "", "missing"),  # put back by custody, and not seen yet
    ("listed", "", "left"),  # handed over or sent on meanwhile
    ("listed found", "", "left"),
    ("listed", "lost", "explained"),  # lost by custody since: still one of those expected
    ("found", "", "unexpected"),
    ("found", "misrouted", "sighted"),
    ("found moved", "", "left"),  # confirmed where it belongs since it was seen here
    ("found moved here", "", "found"),  # its arrival was entered
]
ROWS = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(FACTS, st.booleans()) | {"reason": st.sampled_from(["", "lost", "misrouted", "other"])}
    ),
    max_size=30,
)


def verdicts(*rows: dict[str, object]) -> pd.Series:
    return judge(pd.DataFrame(rows, columns=[*FACTS, "reason"]))


@pytest.mark.parametrize(("facts", "reason", "verdict"), TABLE)
def test_each_certificate_stands_in_one_way(facts: str, reason: str, verdict: str) -> None:
    row = ROW | dict.fromkeys(facts.split(), True) | {"reason": reason}
    assert verdicts(row).tolist() == [verdict]


@given(ROWS)
def test_expected_is_found_missing_and_explained_and_each_certificate_counts_once(rows) -> None:
    counts = counted(verdicts(*rows))
    assert counts.expected == counts.found + counts.missing + counts.explained
    assert counts.expected + counts.unexpected + counts.sighted + counts.left == len(rows)


@given(ROWS)
def test_what_may_be_closed_has_expected_equal_to_found_and_explained(rows) -> None:
    counts = counted(verdicts(*rows))
    try:
        check_close("1100201", counts)
    except Refused:
        assert counts.missing + counts.unexpected > 0
    else:
        assert counts.expected == counts.found + counts.explained
        assert counts.unexpected == 0


@given(ROWS)
def test_whatever_custody_says_lies_here_is_expected(rows) -> None:
    """Nothing that lies with the place is overlooked, and nothing that left it is asked for."""
    judged = verdicts(*rows).tolist()
    for row, verdict in zip(rows, judged, strict=True):
        expected = {"found", "arrived", "missing", "explained"}
        assert (verdict in expected) == (row["here"] or (row["reason"] != "" and not row["found"]))


@pytest.mark.parametrize("verdict", FITTING)
@pytest.mark.parametrize("reason", Explanation)
def test_a_reason_explains_what_it_fits(verdict: Verdict, reason: Explanation) -> None:
    if reason in FITTING[verdict]:
        check_explanation("P", {verdict}, reason, "看过")
        return
    with pytest.raises(Refused) as refused:
        check_explanation("P", {verdict}, reason, "看过")
    assert refused.value.code == "N5-stocktake-reason"


def test_other_needs_a_note() -> None:
    with pytest.raises(Refused) as refused:
        check_explanation("P", {Verdict.MISSING}, Explanation.OTHER, " ")
    assert refused.value.code == "N5-stocktake-note"


def test_whatever_is_unresolved_has_reasons_that_fit() -> None:
    assert set(UNRESOLVED) <= set(FITTING)


@pytest.mark.parametrize(
    ("code", "said"),
    [("511618202005000001", True), (" 511618202005000001 ", True), ("202001-000042-Y", False), ("", False)],
)
def test_a_certificate_number_is_told_from_a_label(code: str, said: bool) -> None:
    assert is_number(code) is said


def test_who_scans_what_is_elsewhere_hears_where_custody_says_it_is() -> None:
    tree, astray = Tree.of(shipped_reference().organisations), Place(Custody.AT_CENTRE, "1100301")
    zh, en = stocktake_sentences(StockScan("P", 2, ScanOutcome.UNEXPECTED, astray, "1100201"), tree)
    assert "在学习中心" in zh
    assert "1100301" in zh
    assert "未作移动" in zh
    assert "nothing was moved" in en
    due = Place(Custody.IN_TRANSIT, "110", "1100201")
    zh, _ = stocktake_sentences(StockScan("P", 2, ScanOutcome.UNEXPECTED, due, "1100201"), tree)
    assert "biye package scan" in zh


@pytest.mark.parametrize(
    ("reason", "custody", "still"),
    [
        (Explanation.HANDED_OVER, Custody.AT_CENTRE, True),
        (Explanation.HANDED_OVER, Custody.HANDED_OVER, False),
        (Explanation.MISROUTED, Custody.HANDED_OVER, False),
        (Explanation.NOT_HANDED_OVER, Custody.HANDED_OVER, True),  # that it was is what is wrong
        (Explanation.OTHER, Custody.AT_CENTRE, False),
    ],
)
def test_n5_what_was_explained_asks_for_its_next_act_until_it_is_done(reason, custody, still):
    assert bool(next_act(reason, custody)) is still
