"""The invented season's unit that corrects grades: its file, taken in as it came, waits for HQ (N3)."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from biye.cli import app
from biye.sandbox.season import write_season
from models.database import reading
from models.event import broken_links
from models.submission import Submission
from rules.approvals import ApprovalKind
from rules.reference import Reference
from rules.season import Pack
from tasks.answering import answer
from tasks.approval import approvals, approve, shown
from tasks.intake import take_in, waiting_submissions
from tasks.policy import adopt_pack, load_reference
from tasks.receiving import receive
from tests.tasks.graduates import rows_of

EVENING = datetime.fromisoformat("2019-12-02T23:59:59+08:00")


@pytest.fixture
def taken_in(tmp_path: Path, biye_home: Path) -> tuple[Pack, Reference]:
    """Two units' season up to the evening of 12-02, received and judged in the order of the manifest."""
    folder = tmp_path / "season"
    write_season(folder, 40, branches=["110", "370"], photos=False, dirty=0)
    pack = adopt_pack((folder / "season.yaml").read_text(encoding="utf-8"), "season.yaml", EVENING)
    reference = load_reference(folder / "reference", EVENING)
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        files = sorted(csv.DictReader(lines), key=lambda row: row["received_at"])
    for row in files:
        at = datetime.fromisoformat(row["received_at"])
        if at <= EVENING:
            data = (folder / row["file"]).read_bytes()
            receive(pack.season, row["kind"], row["branch"], Path(row["file"]).name, data, at)
    for receipt in waiting_submissions(pack.season, EVENING):
        take_in(receipt, pack, reference, EVENING)
        answer(receipt, pack)
    return pack, reference


def test_n3_the_corrected_grades_wait_as_one_approval_and_count_once_it_is_given(
    taken_in: tuple[Pack, Reference], biye_home: Path
) -> None:
    pack, _ = taken_in
    (waiting,) = approvals(pack.season)
    assert (waiting["kind"], waiting["count"]) == (ApprovalKind.CORRECTION, 2)
    (sent,) = [row for row in rows_of(Submission) if row["id"] == waiting["subject_id"]]
    assert (sent["branch"], sent["kind"], sent["held"], sent["accepted"]) == ("370", "practice", 2, 0)
    assert {row["new"] for row in shown(waiting["id"])["difference"]} <= {88, 89}
    assert (biye_home / "out" / "370" / f"未接收-{sent['id']:06d}.xlsx").exists()
    said = CliRunner().invoke(app, ["approval", "show", str(waiting["id"])]).output
    assert "成绩更正 correction 2" in said
    assert "**********" in said
    assert approve(waiting["id"], "王审核", EVENING, pack=pack) == 2
    (sent,) = [row for row in rows_of(Submission) if row["id"] == waiting["subject_id"]]
    assert (sent["held"], sent["accepted"]) == (0, 2)
    assert not (biye_home / "out" / "370" / f"未接收-{sent['id']:06d}.xlsx").exists()
    with reading() as db:
        assert list(broken_links(db)) == []


def test_clean_files_of_one_season_are_no_corrections_of_each_other(
    taken_in: tuple[Pack, Reference],
) -> None:
    grades = [row for row in rows_of(Submission) if row["kind"] in ("grade-history", "practice")]
    others = [row for row in grades if row["branch"] == "110"]
    assert others
    assert {(row["held"], row["duplicate"]) for row in others} == {(0, 0)}
