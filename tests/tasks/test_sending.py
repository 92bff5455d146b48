"""A file sent by hand: received, judged and answered, or refused with a code before that."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from models import archive
from models.columns import table_of
from models.database import reading, transaction
from models.event import EVENTS
from models.reference import read_reference
from models.reference_version import SeasonPolicy
from models.settings import settings
from rules.clock import now_in_shanghai
from rules.refusals import Refused
from tasks.policy import adopt_pack, load_reference
from tasks.sending import send_file
from tasks.submission_view import list_submissions, show_submission
from tests.played_season import SEASON, at
from tests.rules.policy_packs import SHIPPED, text_with
from tests.submitted import csv_file, row_of
from tests.tasks.graduates import SHORT_CYCLE

REFERENCE = SHIPPED.parent / "reference"
OPEN = at("2019-12-01T10:00")
GARBAGE = bytes(range(1, 256)) * 20


@pytest.fixture(autouse=True)
def _installed(biye_home: Path) -> None:
    load_reference(REFERENCE, OPEN)
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, OPEN)


def sent(
    tmp_path: Path, data: bytes, kind: str = "practice", unit: str = "110", name: str = "a.csv",
    received_at: datetime | None = OPEN,
) -> int:  # fmt: skip
    file = tmp_path / name
    file.write_bytes(data)
    return send_file(file, kind, unit, SEASON, received_at, "李")


def practice_course() -> str:
    courses = read_reference(REFERENCE).courses
    return f"{courses[courses['module'] == '06']['course_id'].iloc[0]:05d}"


def with_roster(tmp_path: Path) -> None:
    row = row_of("roster", programme_code=SHORT_CYCLE, centre="1100201")
    receipt = sent(tmp_path, csv_file("roster", row), "roster", "010", "roster.csv")
    assert show_submission(receipt).counts["accepted"] == 1


def test_a_file_is_judged_counted_and_answered(tmp_path: Path):
    with_roster(tmp_path)
    course = practice_course()
    rows = [row_of("practice", course=course), row_of("practice", course=course, score_code="没有")]
    seen = show_submission(sent(tmp_path, csv_file("practice", *rows)))
    assert (seen.rows_read, seen.counts["accepted"], seen.counts["refused"]) == (2, 1, 1)
    assert [Path(path).name for path in seen.answers] == ["回执-000002.csv", "未接收-000002.xlsx"]
    assert all(one.zh and one.en and one.remedy_zh for one in seen.codes)
    assert [(one.code, one.rows) for one in seen.codes] == [("row-unknown-score", 1)]


def test_the_kind_may_be_said_in_chinese(tmp_path: Path):
    assert show_submission(sent(tmp_path, csv_file("roster"), "学籍信息", "010")).kind == "roster"


@pytest.mark.parametrize(
    ("data", "kind", "name", "code"),
    [
        (b"", "practice", "a.csv", "file-empty"),
        (b"\0" * 50, "practice", "a.csv", "file-nul"),
        (GARBAGE, "roster", "a.xlsx", "file-wrong-content"),
        (GARBAGE, "roster", "a.csv", "file-"),
        (GARBAGE, "photos", "a.zip", "file-not-zip"),
        (b"PK\x03\x04" + GARBAGE, "photos", "a.zip", "file-"),
        (b"PK\x03\x04" + GARBAGE, "audit-data", "a.xlsx", "file-"),
        (b"hello\n", "certificate-data", "a.txt", "file-missing-column"),
    ],
)
def test_what_cannot_be_read_is_kept_quarantined_and_told_with_a_remedy(
    tmp_path: Path, data: bytes, kind: str, name: str, code: str
):
    seen = show_submission(sent(tmp_path, data, kind, name=name))
    assert (seen.state, seen.rows_read) == ("quarantined", 0)
    assert seen.code is not None
    assert seen.code.startswith(code)
    assert archive.fetch(seen.sha256) == data
    assert len(str(seen.detail).splitlines()) == 4, "sentence and remedy in both languages"
    assert [Path(path).name for path in seen.answers] == ["回执-000001.csv"]


def test_the_same_file_again_is_told_with_its_receipt_and_changes_nothing(tmp_path: Path):
    sent(tmp_path, csv_file("roster"), "roster", "010")
    with pytest.raises(Refused, match="file-again") as refused:
        sent(tmp_path, csv_file("roster"), "roster", "010")
    assert refused.value.where["receipt"] == 1
    assert len(list_submissions()) == 1


@pytest.mark.parametrize(
    ("kind", "unit", "code"),
    [
        ("nonsense", "110", "file-kind"),
        ("practice", "999", "sender-unknown"),
        ("practice", "1100101", "sender-unknown"),
        ("registry-receipt", "110", "sender-hq-only"),
    ],
)
def test_what_nobody_may_send_is_refused_before_it_is_received(
    tmp_path: Path, kind: str, unit: str, code: str
):
    with pytest.raises(Refused, match=code):
        sent(tmp_path, b"x", kind, unit)
    assert list_submissions() == []


def test_a_file_over_its_cap_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as out:
        out.truncate(51 << 20)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(Refused, match="file-over-cap"):
        send_file(huge, "practice", "110", SEASON)


def test_an_unknown_season_is_refused(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"x")
    with pytest.raises(Refused, match="season-unknown"):
        send_file(file, "practice", "110", "2031-01")


def test_where_no_season_is_deployed_the_refusal_says_so_and_how_to_deploy_one(tmp_path: Path):
    with transaction() as db:
        db.execute(delete(table_of(SeasonPolicy)))
    file = tmp_path / "a.csv"
    file.write_bytes(b"x")
    with pytest.raises(Refused, match="season-none") as refused:
        send_file(file, "practice", "110", "")
    assert "尚未部署任何毕业季" in str(refused.value)
    assert "biye season deploy PACK.yaml" in str(refused.value)


def events() -> list[tuple[str, str]]:
    with reading() as db:
        wanted = select(EVENTS.c.kind, EVENTS.c.actor).where(EVENTS.c.stream == "submission:1")
        return list(db.execute(wanted.order_by(EVENTS.c.seq)).tuples().all())


def test_a_stated_time_of_receipt_counts_and_is_written_down_with_a_name(tmp_path: Path):
    seen = show_submission(sent(tmp_path, csv_file("roster"), "roster", "010"))
    assert seen.received_at == OPEN
    assert events() == [("received", "010"), ("received-at-given", "李"), ("judged", "biye")]
    assert abs(seen.recorded_at - now_in_shanghai()) < timedelta(minutes=5)


def test_without_one_the_time_of_receipt_is_now(tmp_path: Path):
    seen = show_submission(sent(tmp_path, csv_file("roster"), "roster", "010", received_at=None))
    assert abs(seen.received_at - now_in_shanghai()) < timedelta(minutes=5)
    assert [kind for kind, _ in events()] == ["received", "judged"]


def test_a_time_of_receipt_to_come_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="received-at-future"):
        sent(tmp_path, b"x", received_at=now_in_shanghai() + timedelta(minutes=2))


def test_a_branchs_installation_cannot_state_a_time_of_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings(), "unit", "110")
    with pytest.raises(Refused, match="received-at-hq"):
        sent(tmp_path, b"x")
    assert list_submissions() == []


def test_t1_parked_rows_say_until_when_and_for_which_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with_roster(tmp_path)
    monkeypatch.setattr("tasks.sending.now_in_shanghai", lambda: at("2019-12-03T08:00"))
    late, row = at("2019-12-03T00:00"), row_of("practice", course=practice_course())
    seen = show_submission(sent(tmp_path, csv_file("practice", row), received_at=late))
    assert (seen.rows_read, seen.counts["parked"], seen.batch) == (1, 1, None)
    assert f"{seen.parked_until:%Y-%m-%d}" == "2020-02-17"
    assert [(one.code, one.rows) for one in seen.codes] == [("T1-late", 1)]


def test_lists_are_filtered_by_unit_state_and_kind(tmp_path: Path):
    with_roster(tmp_path)
    sent(tmp_path, b"", "practice", "120")
    assert [one["receipt"] for one in list_submissions()] == [1, 2]
    assert [one["receipt"] for one in list_submissions(branch="120")] == [2]
    assert [one["receipt"] for one in list_submissions(state="quarantined")] == [2]
    assert [one["receipt"] for one in list_submissions(kind="roster")] == [1]
    assert list_submissions(season="2031-01") == []


def test_an_unknown_receipt_is_refused():
    with pytest.raises(Refused, match="submission-unknown"):
        show_submission(7)


def test_the_only_season_need_not_be_named_and_of_several_one_must(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_bytes(csv_file("roster"))
    assert show_submission(send_file(file, "roster", "010", "")).season == SEASON
    adopt_pack(text_with(season="2020-07"), "other", OPEN)
    with pytest.raises(Refused, match="season-several"):
        send_file(file, "roster", "010", "")


def test_a_number_in_a_file_s_name_stays_masked(tmp_path: Path):
    receipt = sent(tmp_path, b"", name="999999199003070020.csv")
    assert "199003070020" not in str(show_submission(receipt)) + str(list_submissions())
