"""The event log beside bare inserts: both rows are measured, and the installation in use stays the same."""

import os

import pytest

from bench import events
from models.settings import settings


@pytest.mark.usefixtures("biye_home")
def test_the_log_is_measured_in_an_installation_of_its_own() -> None:
    before, root = dict(os.environ), settings().root
    found = events.figures(500, 1, lambda _: None)
    assert [one.row.name for one in found] == ["events", "events-verify"]
    assert dict(os.environ) == before
    assert settings().root == root
