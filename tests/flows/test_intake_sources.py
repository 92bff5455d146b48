"""The intake fetches what sources offer, then takes the inbox; one that fails stops nothing else (T1)."""

from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.intake import receive_submissions
from models.settings import settings
from tasks.submission_view import list_submissions
from tests.file_server import offering
from tests.played_season import SEASON
from tests.submitted import csv_file, resident_id
from tests.taken_in import OPEN, grade_row, roster_row

ROSTER = csv_file("roster", roster_row(student_no="1711001200009", id_number=resident_id(8)))
LIST = """sources:
  - {{name: closed, branch: 110, kind: roster, url: "{url}", token_env: NOT_SET_ANYWHERE}}
  - {{name: open, branch: 110, kind: roster, url: "{url}"}}
"""


@pytest.mark.prefect
def test_a_failing_source_stops_neither_the_others_nor_the_inbox(
    prefect_server: Any, enrolled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "inbox_quiet_seconds", 0.1)
    (settings().folder("inbox", "110") / "practice.csv").write_bytes(csv_file("practice", grade_row()))
    with offering(ROSTER) as server, temporary_settings({PREFECT_API_URL: prefect_server.url}):
        (enrolled / "sources.yaml").write_text(LIST.format(url=server.url), encoding="utf-8")
        state = receive_submissions(SEASON, 1, OPEN, return_state=True)
    assert state.is_failed()
    assert str(state.message).startswith("1 项未完成 / 1 not done\n来源 source closed: pull-token")
    came = [(one["kind"], one["state"], one["accepted"]) for one in list_submissions(branch="110")]
    assert came == [("roster", "judged", 1), ("practice", "judged", 1)]


@pytest.mark.prefect
def test_a_wrong_list_of_sources_does_not_stop_the_inbox(
    prefect_server: Any, enrolled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "inbox_quiet_seconds", 0.1)
    (settings().folder("inbox", "110") / "practice.csv").write_bytes(csv_file("practice", grade_row()))
    (enrolled / "sources.yaml").write_text("sources: {", encoding="utf-8")
    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        state = receive_submissions(SEASON, 1, OPEN, return_state=True)
    assert "pack-unreadable" in str(state.message)
    assert [one["accepted"] for one in list_submissions(branch="110")] == [1]
