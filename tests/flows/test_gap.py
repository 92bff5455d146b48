"""N5: the gap check and the closing of a season as runs of the engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows.closure import close_season
from flows.gap import check_gaps
from rules.clock import now_in_shanghai
from tests.flows.soon import known_season
from tests.flows.test_each import asked

pytestmark = pytest.mark.prefect
SEASON = "2097-01"


@pytest.fixture
def engine(prefect_server: Any) -> Iterator[Any]:
    """The session's engine, with a season that nobody has sent anything for."""
    known_season(SEASON)
    with temporary_settings({PREFECT_API_URL: prefect_server.url, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield prefect_server


def test_both_run_and_leave_a_table_without_a_person(engine: Any) -> None:
    now = now_in_shanghai()
    assert check_gaps(SEASON, as_of=now, return_state=True).is_completed()
    assert close_season(SEASON, as_of=now, return_state=True).is_completed()
    tables = {one["key"]: one["data"] for one in asked(engine, "artifacts", {})}
    assert f"gap-check-{SEASON}" in tables
    assert json.loads(tables[f"close-season-{SEASON}"]) == [{"待审批 approval": 1}]
    with get_client(sync_client=True) as client:
        assert {"gap-check", "close-season"} <= {flow.name for flow in client.read_flows()}
