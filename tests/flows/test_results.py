"""What a phase shows in the Prefect UI."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from flows import results
from rules.clock import SHANGHAI


def test_days_instants_and_counts_become_what_an_artifact_can_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(results, "create_table_artifact", lambda **given: kept.update(given))
    at = datetime(2020, 5, 18, 9, tzinfo=SHANGHAI)
    rows = [{"branch": "110", "notified_on": date(2020, 5, 18), "at": at, "open": 3, "approval": None}]
    results.show("cleanup", "2020-01", None, rows, "清理 cleanup")
    (row,) = json.loads(json.dumps(kept["table"]))
    assert row["notified_on"] == "2020-05-18"
    assert (row["未办 open"], row["approval"], row["at"][:10]) == (3, None, "2020-05-18")
