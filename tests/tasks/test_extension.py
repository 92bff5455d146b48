"""Extension lists and nil returns taken in, approved with number and date, and what they change (N8)."""

import io

import pytest

from models import archive
from models.database import reading
from models.extension import Extension, ExtensionList
from models.promise import Promise
from models.submission import Submission
from rules.refusals import Refused
from tasks.approval import approvals, approve, reject
from tasks.audit import decide
from tasks.cleanup_frames import extension_frame
from tasks.cleanup_view import list_extensions, show_extensions
from tasks.extension_nil import nil_return
from tasks.extension_rejection import reject_application
from tasks.promise import age_promises
from tasks.promise_season import refresh_season_promises
from tests.rules.policy_packs import pack_with
from tests.submitted import row_of, xlsx_file
from tests.tasks.enrolments import (
    DOCUMENT,
    PACK,
    application,
    apply,
    bundle,
    enrol,
    enrolments,
    on,
    say_yes,
    send,
    send_bytes,
)
from tests.tasks.graduates import SEASON, case, lot, reference, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


def states() -> list[str]:
    return [row["state"] for row in rows_of(Extension)]


def watch(day: str) -> list[tuple[str, str, str]]:
    refresh_season_promises(SEASON, PACK, on(day))
    return [(one.duty, one.holder, one.mark) for one in age_promises(SEASON, PACK, on(day))]


def promises(duty: str = "extension-list") -> dict[str, tuple[str, str]]:
    return {
        row["holder"]: (row["state"], str(row["done_on"])) for row in rows_of(Promise) if row["duty"] == duty
    }


def test_n8_an_application_is_kept_with_its_paper_and_waits_for_hq() -> None:
    one, number = enrol(1)
    assert apply(number)["accepted"] == 1
    (row,) = rows_of(Extension)
    assert (row["student_id"], row["state"], row["valid_until"]) == (one, "pending", "202009")
    assert archive.fetch(row["scan"]) == f"%PDF-1.4 {number[-4:]}.pdf".encode()
    (waiting,) = approvals(SEASON)
    assert (waiting["kind"], waiting["count"], waiting["summary"]["branch"]) == ("extension", 1, "110")


def test_n8_the_approval_keeps_number_and_date_and_needs_the_number() -> None:
    _, number = enrol(1)
    apply(number)
    (waiting,) = approvals(SEASON)
    with pytest.raises(Refused) as caught:
        approve(waiting["id"], "李明", on("05-18"), "", PACK)
    assert caught.value.code == "approval-document"
    say_yes(on("05-18"))
    (row,) = rows_of(Extension)
    assert (row["state"], row["document_no"], str(row["decided_on"])) == ("approved", DOCUMENT, "2020-05-18")


@pytest.mark.parametrize(("season", "passes"), [("2020-07", True), ("2021-01", True), ("2021-07", False)])
def test_n8_an_approved_extension_carries_the_audit_to_2021_01_and_no_further(
    season: str, passes: bool
) -> None:
    one, number = enrol(1)
    case(lot(), 2, student_id=one, audit="failed", season=season)
    assert "N8-validity-over" in unmet(season)
    apply(number)
    assert "N8-validity-over" in unmet(season), "an application alone extends nothing"
    say_yes(on("05-18"))
    assert ("N8-validity-over" not in unmet(season)) is passes


def unmet(season: str) -> set[str]:
    decided = decide(pack_with(season=season, exemption__later_season="2022-01"), reference(), 1, "110")
    return {rule["code"] for rule in decided["unmet"].iloc[0]}


def test_n8_a_second_extension_is_refused_also_by_what_the_academic_system_knows() -> None:
    _, number = enrol(1)
    history = row_of("extension-history", student_no=number, valid_until="201909")
    assert send("extension-history", history, at=on("04-01"), branch="010")["accepted"] == 1
    assert (
        send("extension-history", history | {"document_no": "延2号"}, at=on("04-02"), branch="010")[
            "accepted"
        ]
        == 1
    )
    assert [row["document_no"] for row in rows_of(Extension)] == ["延2号"]
    assert apply(number)["refused"] == 1
    assert states() == ["approved"]


def test_n8_a_list_alone_is_in_time_but_only_what_has_its_paper_is_laid_before_hq() -> None:
    numbers = [enrol(serial)[1] for serial in (1, 2)]
    rows = [application(number) for number in numbers]
    assert (
        send_bytes("extension", xlsx_file("extension", *rows), "名单.xlsx", on("05-15", "23:59"))["accepted"]
        == 2
    )
    assert approvals(SEASON) == []
    papers = {rows[0]["attachment"]: b"%PDF-1.4 a"}
    found = send_bytes("extension", bundle(rows[0], scans=papers), "延期.zip", on("05-15", "23:59"))
    assert (found["accepted"], [one["count"] for one in approvals(SEASON)]) == (1, [1])
    assert list_extensions(SEASON)[0]["without_scan"] == 1


def test_n8_the_same_again_is_a_duplicate_and_a_corrected_one_takes_its_place() -> None:
    _, number = enrol(1)
    apply(number)
    assert send("extension", application(number), at=on("04-21"))["duplicate"] == 1
    assert send("extension", application(number, reason="缺两门课程成绩"), at=on("04-22"))["accepted"] == 1
    (row,) = rows_of(Extension)
    assert row["reason"] == "缺两门课程成绩"
    assert row["scan"], "the paper that came before stays"
    assert [one["state"] for one in approvals(SEASON, None)] == ["stale", "proposed"]


@pytest.mark.parametrize(
    ("instant", "taken"), [(on("05-15", "23:59:59"), True), (on("05-16", "00:00:00"), False)]
)
def test_n8_lists_are_taken_until_05_15_inclusive_and_then_refused_with_the_reason(instant, taken) -> None:
    _, number = enrol(1)
    apply(number, at=instant)
    assert [row["code"] for row in rows_of(Submission)][2:] == [None if taken else "N8-late"]
    assert len(rows_of(Extension)) == taken


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (["a.pdf"], "N8-bundle"),
        (["a.csv", "b.csv"], "N8-bundle"),
        (["x/a.pdf", "y/a.pdf"], "file-zip-duplicate"),
    ],
)
def test_n8_a_zip_without_just_one_list_is_quarantined(members: list[str], code: str) -> None:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for name in members:
            out.writestr(name, b"%PDF-")
    send_bytes("extension", packed.getvalue(), "延期.zip", on("04-20"))
    assert rows_of(Submission)[-1]["code"] == code


def test_n8_each_unit_with_students_owes_a_list_until_it_sends_one_or_says_nil() -> None:
    _, number = enrol(1)
    enrol(2, branch="120")
    enrol(3, branch="130", entry_term="201709")
    assert watch("05-01") == []
    apply(number, at=on("05-02"))
    send_bytes("extension", nil_return("赵六"), "零报告.csv", on("05-15", "23:59"), "120")
    assert promises()["110"] == ("done", "2020-05-02")
    assert promises()["120"] == ("done", "2020-05-15")
    assert watch("05-15") == []
    assert ("extension-list", "130", "breached") in watch("05-16")
    assert watch("05-16") == []
    assert [(row["branch"], row["nil"]) for row in rows_of(ExtensionList)] == [("110", False), ("120", True)]


def test_n8_a_list_that_came_before_the_watch_keeps_its_promise_on_its_own_day() -> None:
    _, number = enrol(1)
    apply(number, at=on("04-20"))
    watch("05-20")
    assert promises()["110"] == ("done", "2020-04-20")


def test_n8_a_nil_return_can_become_a_list_but_a_list_no_nil_return() -> None:
    _, number = enrol(1)
    assert send_bytes("extension", nil_return("赵六"), "零报告.csv", on("04-20"))["accepted"] == 1
    assert apply(number, at=on("04-21"))["accepted"] == 1
    assert send_bytes("extension", nil_return("钱七"), "零报告.csv", on("04-22"))["refused"] == 1
    assert [row["nil"] for row in rows_of(ExtensionList)] == [False]


def test_n8_hq_turns_down_a_list_or_one_student_and_the_rest_stays_before_it() -> None:
    numbers = [enrol(serial)[1] for serial in (1, 2)]
    apply(*numbers)
    reject_application(SEASON, numbers[0], "李明", "不符合条件", on("05-17"))
    assert states() == ["rejected", "pending"]
    (waiting,) = approvals(SEASON)
    assert waiting["count"] == 1
    reject(waiting["id"], "李明", on("05-18"), "材料不全")
    assert states() == ["rejected", "rejected"]
    with pytest.raises(Refused) as caught:
        reject_application(SEASON, numbers[0], "李明", "再次", on("05-19"))
    assert caught.value.code == "N8-no-application"


def test_n8_the_summary_says_every_application_and_nil_and_is_masked_on_a_screen() -> None:
    _, number = enrol(1)
    apply(number)
    send_bytes("extension", nil_return("赵六"), "零报告.csv", on("04-21"), "120")
    with reading() as db:
        frame = extension_frame(db, SEASON)
    assert frame[["分部", "学号", "审批结果"]].to_numpy().tolist() == [
        ["110", number, "待审批"],
        ["120", "", "零报告"],
    ]
    shown = show_extensions(SEASON, "110", None, on("05-01"))
    assert number not in str(shown)
    assert "理由" not in shown[0]
    assert show_extensions(SEASON, "110", "李明", on("05-01"))[0]["学号"] == number


def test_n8_reading_and_judging_again_changes_nothing() -> None:
    _, number = enrol(1)
    apply(number)
    before = rows_of(Extension)
    watch("05-01")
    again = (promises(), rows_of(Promise))
    watch("05-01")
    assert (promises(), rows_of(Promise)) == again
    assert rows_of(Extension) == before
