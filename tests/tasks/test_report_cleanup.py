"""Lists of extensions and withdrawals (N8): every row of the tables, nil returns among them."""

from io import BytesIO

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from models.cleanup import Withdrawal
from models.extension import Extension
from rules.refusals import Refused
from rules.reports import Asked
from tasks.extension_nil import nil_return
from tasks.reports import make_report
from tests.rules.policy_packs import pack_with
from tests.tasks.enrolments import (
    DOCUMENT,
    PACK,
    apply,
    clean_up,
    enrol,
    enrolments,
    notify,
    on,
    say_yes,
    send_bytes,
)
from tests.tasks.graduates import reference, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


def table(name: str, branch: str = "") -> pd.DataFrame:
    """The rows of a report."""
    made = make_report(name, Asked(PACK, reference(), on("05-20"), branch), "李制表", on("05-20"))
    book = CalamineWorkbook.from_filelike(BytesIO(made.content))
    _, _, headings, *body = book.get_sheet_by_index(0).to_python()
    return pd.DataFrame(body[:-2], columns=list(map(str, headings)))


def test_each_application_is_listed_with_its_approval_and_a_nil_return_as_itself() -> None:
    """N8: 文号 and date are kept."""
    apply(enrol(1)[1], enrol(2)[1])
    say_yes(on("04-25"))
    enrol(3, branch="130")
    send_bytes("extension", nil_return("赵六"), "零报告.csv", on("05-02"), "130")
    found = table("extensions")
    applied = found[found["学号"] != ""]
    assert len(applied) == len(rows_of(Extension)) == 2
    assert set(applied["文号"]) == {DOCUMENT}
    assert set(applied["审批结果"]) == {"已批准"}
    assert found[found["学号"] == ""]["审批结果"].tolist() == ["零报告"]
    assert len(table("extensions", "130")) == 1


def test_every_candidate_of_the_cleanup_is_listed_with_finding_and_state() -> None:
    """N8: one approved, with the document's number."""
    enrol(1)
    clean_up("04-30")
    assert table("withdrawals")["办理状态"].tolist() == ["待处理"]
    notify()
    clean_up("05-18")
    say_yes(on("05-20"))
    (row,) = table("withdrawals").to_dict("records")
    assert len(rows_of(Withdrawal)) == 1
    assert (row["办理状态"], row["文号"]) == ("已批准退学", DOCUMENT)
    assert row["清理依据或保留原因"] == "学籍有效期已满"


@pytest.mark.parametrize(("name", "part"), [("extensions", "extension"), ("withdrawals", "cleanups")])
def test_a_season_without_extension_or_cleanup_says_so(name: str, part: str) -> None:
    off = pack_with(**{part: "none" if part == "extension" else []})
    with pytest.raises(Refused, match="report-off"):
        make_report(name, Asked(off, reference(), on("05-20")), "李制表", on("05-20"))
