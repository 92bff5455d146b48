"""Files that units put into the inbox, received through the intake flow's own functions."""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.intake import collect_inbox, judge
from models.database import reading
from models.event import EVENTS
from models.settings import settings
from rules.clock import now_in_shanghai
from rules.submission import KINDS
from tasks.intake import waiting_submissions
from tasks.policy import adopt_pack, load_reference
from tasks.submission_view import list_submissions, show_submission
from tests.played_season import SEASON, at
from tests.rules.policy_packs import SHIPPED, a_year_later, text_with
from tests.submitted import csv_file, row_of
from tests.tasks.graduates import SHORT_CYCLE

QUIET = 0.2
ROSTER = csv_file("roster", row_of("roster", programme_code=SHORT_CYCLE, centre="1100201"))


@pytest.fixture(autouse=True)
def inbox(biye_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    load_reference(SHIPPED.parent / "reference", at("2019-11-28T09:00"))
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28T09:00"))
    monkeypatch.setattr(settings(), "inbox_quiet_seconds", QUIET)
    return settings().folder("inbox")


def put(inbox: Path, place: str, data: bytes = ROSTER) -> Path:
    file = inbox / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def collected() -> dict[str, str]:
    return collect_inbox.fn(SEASON, now_in_shanghai())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_received_judged_answered_and_put_away(inbox: Path):
    put(inbox, "010/roster-1.csv")
    assert collected() == {"010/roster-1.csv": "1"}
    for receipt in waiting_submissions(SEASON, now_in_shanghai()):
        judge.fn(receipt, SEASON, now_in_shanghai())
    seen = show_submission(1)
    assert (seen.kind, seen.branch, seen.counts["accepted"]) == ("roster", "010", 1)
    assert [Path(path).name for path in seen.answers] == ["回执-000001.csv"]
    assert files(inbox / "010") == ["done"]
    assert files(inbox / "010" / "done") == ["roster-1.csv"]
    assert collected() == {}


@pytest.mark.parametrize(
    "place",
    [
        "110/学籍信息.csv",
        "110/Roster 2020.CSV",
        "110/roster/whatever.csv",
        "110/学籍信息/成绩.csv",
        "110/2020/roster.csv",
    ],
)
def test_the_kind_is_told_by_the_files_name_or_by_its_folder(inbox: Path, place: str):
    put(inbox, place)
    assert collected() == {place: "1"}
    assert list_submissions()[0]["kind"] == "roster"
    assert files(inbox / "110" / "done") == [Path(place).name]


def test_the_folder_says_more_than_the_name(inbox: Path):
    put(inbox, "110/practice/roster.csv")
    assert collected() == {"110/practice/roster.csv": "1"}
    assert list_submissions()[0]["kind"] == "practice"


def test_the_guide_names_every_kind_and_is_not_taken_for_a_file(inbox: Path):
    assert collected() == {}
    (guide,) = files(inbox)
    text = (inbox / guide).read_text(encoding="utf-8")
    assert all(kind in text and spec.zh in text for kind, spec in KINDS.items())
    assert collected() == {}


def test_a_file_that_is_still_being_written_is_left_alone_and_taken_whole_later(inbox: Path):
    file = put(inbox, "010/roster.csv", ROSTER[:50])
    old = time.time() - 3600
    os.utime(file, (old, old))  # a copy that keeps the original's time of writing
    enough = threading.Event()

    def write() -> None:
        with file.open("ab") as out:
            while not enough.wait(QUIET / 10):
                out.write(b"x")
                out.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert collected() == {}
    finally:
        enough.set()
        writer.join()
    file.write_bytes(ROSTER)
    assert collected() == {"010/roster.csv": "1"}
    assert show_submission(1).size == len(ROSTER)


def test_what_transfer_programs_and_systems_leave_is_not_touched(inbox: Path):
    names = ["roster.csv.part", "roster.filepart", ".roster.csv", "~$roster.xlsx", "roster.TMP"]
    for name in names:
        put(inbox, f"110/{name}")
    assert collected() == {}
    assert files(inbox / "110") == sorted(names)


def test_t1_a_file_counts_as_received_when_it_came_to_rest_not_when_somebody_looked(inbox: Path):
    file = put(inbox, "110/roster.csv")
    rested = file.stat().st_ctime
    time.sleep(0.3)
    collected()
    assert abs(show_submission(1).received_at.timestamp() - rested) < 0.01


def test_t1_a_unit_cannot_backdate_by_the_files_own_time(inbox: Path):
    file = put(inbox, "110/roster.csv")
    old = at("2019-12-01T09:00").timestamp()
    os.utime(file, (old, old))
    collected()
    assert now_in_shanghai() - show_submission(1).received_at < timedelta(minutes=5)


def test_a_replay_receives_as_of_its_own_day(inbox: Path):
    put(inbox, "110/roster.csv")
    collect_inbox.fn(SEASON, at("2019-12-01T09:00"))
    assert show_submission(1).received_at == at("2019-12-01T09:00")


@pytest.mark.parametrize(
    ("place", "code", "unit"),
    [
        ("110/成绩.csv", "inbox-kind", "110"),
        ("110/misc/成绩.csv", "inbox-kind", "110"),
        ("999/roster.csv", "sender-unknown", "999"),
        ("110/registry-receipt.csv", "sender-hq-only", "110"),
        ("roster.csv", "inbox-place", ""),
    ],
)
def test_what_cannot_be_placed_is_moved_aside_with_a_note_and_never_lost(
    inbox: Path, biye_home: Path, place: str, code: str, unit: str
):
    put(inbox, place, b"kept")
    assert collected() == {place: code}
    name = Path(place).name
    aside = inbox / unit / "refused"
    assert files(aside) == sorted([name, f"{name}.txt"])
    assert (aside / name).read_bytes() == b"kept"
    note = (aside / f"{name}.txt").read_text(encoding="utf-8")
    assert code in note
    assert str(aside / name) in note
    told = biye_home / "out" / unit / f"未接收-{name}.txt"
    assert told.exists() == (unit == "110")
    with reading() as db:
        (event,) = db.execute(select(EVENTS).where(EVENTS.c.kind == "inbox-refused")).all()
    assert (event.data, event.actor) == ({"code": code}, unit if unit == "110" else "inbox")
    assert list_submissions() == []
    assert collected() == {}


def test_the_same_file_again_is_moved_aside_and_names_its_receipt(inbox: Path):
    put(inbox, "110/roster.csv")
    collected()
    put(inbox, "110/roster.csv")
    assert collected() == {"110/roster.csv": "file-again"}
    assert "编号 1" in (inbox / "110" / "refused" / "roster.csv.txt").read_text(encoding="utf-8")


def test_files_of_one_name_are_all_kept(inbox: Path):
    for content in (b"1", b"2", b"3"):
        put(inbox, "110/nonsense.csv", content)
        put(inbox, "110/roster.csv", content)
        collected()
    refused, done = inbox / "110" / "refused", inbox / "110" / "done"
    kept = {path.read_bytes() for path in refused.glob("*.csv")}
    assert kept == {path.read_bytes() for path in done.iterdir()} == {b"1", b"2", b"3"}
    assert len(list(refused.glob("*.txt"))) == 3


def test_a_link_is_not_followed_to_what_it_shows(inbox: Path, tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(ROSTER)
    (inbox / "110").mkdir()
    (inbox / "110" / "roster.csv").symlink_to(secret)
    assert collected() == {"110/roster.csv": "inbox-no-file"}
    assert secret.exists()
    assert list_submissions() == []


def test_a_pipe_stops_nothing(inbox: Path):
    (inbox / "110").mkdir()
    os.mkfifo(inbox / "110" / "practice.csv")
    put(inbox, "010/roster.csv")
    assert collected() == {"110/practice.csv": "inbox-no-file", "010/roster.csv": "1"}


def test_a_file_over_its_cap_is_moved_aside_unread(inbox: Path):
    with put(inbox, "110/roster.csv", b"").open("wb") as out:
        out.truncate(51 << 20)
    assert collected() == {"110/roster.csv": "file-over-cap"}
    assert (inbox / "110" / "refused" / "roster.csv").stat().st_size == 51 << 20


def test_files_are_received_in_the_order_in_which_they_came(inbox: Path):
    for name in ("roster-b.csv", "roster-a.csv"):
        put(inbox, f"110/{name}", name.encode())
        time.sleep(0.02)
    assert collected() == {"110/roster-b.csv": "1", "110/roster-a.csv": "2"}


@pytest.fixture
def july() -> str:
    """A second season that is open on the same days."""
    adopt_pack(text_with(season="2020-07"), "2020-07.yaml", at("2019-11-28T09:00"))
    return "2020-07"


OPEN = at("2019-12-01T09:00")


def test_the_folder_of_a_season_says_whose_intake_takes_a_file(inbox: Path, july: str):
    put(inbox, "110/2020-01/roster-a.csv", b"a")
    put(inbox, "110/2020-07/学籍信息/b.csv", b"b")
    assert collect_inbox.fn(july, OPEN) == {"110/2020-07/学籍信息/b.csv": "1"}
    assert collect_inbox.fn(SEASON, OPEN) == {"110/2020-01/roster-a.csv": "2"}
    assert [one["season"] for one in list_submissions()] == [july, SEASON]


def test_with_several_open_seasons_a_file_without_one_is_left_with_a_note_until_it_has_one(
    inbox: Path, july: str, biye_home: Path
):
    left = put(inbox, "110/roster.csv")
    for season in (SEASON, july):
        assert collect_inbox.fn(season, OPEN) == {"110/roster.csv": "inbox-season"}
    assert left.read_bytes() == ROSTER
    note = biye_home / "out" / "110" / "未接收-roster.csv.txt"
    assert "2020-01、2020-07" in note.read_text(encoding="utf-8")
    left.rename(put(inbox, "110/2020-07/x", b"").with_name("roster.csv"))
    assert collect_inbox.fn(july, OPEN)["110/2020-07/roster.csv"] == "1"
    assert not note.exists()


def test_a_file_belongs_to_the_only_season_that_is_open_whichever_intake_comes_first(inbox: Path):
    adopt_pack(a_year_later(), "2021-01.yaml", at("2019-11-28T09:00"))
    put(inbox, "110/roster.csv")
    assert collect_inbox.fn("2021-01", OPEN) == {}
    assert collect_inbox.fn(SEASON, OPEN) == {"110/roster.csv": "1"}


def test_a_season_that_nobody_deployed_is_told_and_its_file_left(inbox: Path):
    put(inbox, "110/2031-01/roster.csv")
    assert collected() == {"110/2031-01/roster.csv": "inbox-season"}
    assert (inbox / "110" / "2031-01" / "roster.csv").exists()
