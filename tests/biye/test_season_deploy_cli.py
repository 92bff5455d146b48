"""`biye season deploy FILE` from the command line (G1)."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient
from typer.testing import CliRunner

from biye.cli.season import app
from tests.rules.policy_packs import SHIPPED, text_with

run = CliRunner().invoke


@pytest.mark.prefect
def test_it_says_what_it_made_and_that_the_second_time_changed_nothing(
    prefect_server: Any, tmp_path: Path
) -> None:
    pack = tmp_path / "2024-01.yaml"
    pack.write_text(text_with(season="2024-01"))
    first = run(app, ["deploy", str(pack)])
    assert first.exit_code == 0, first.output
    created = re.search(r"新建 created: (\d+)", first.stdout)
    assert "已取消 cancelled: 2024-01-b0  总部寒假" in first.stdout  # N4
    again = json.loads(run(app, ["deploy", str(pack), "--json"]).stdout)
    assert (again["created"], again["changed"], again["removed"]) == ([], [], [])
    assert created is not None
    assert len(again["unchanged"]) == int(created[1]) > 15
    assert again["plan"]["added"] == again["plan"]["past"] == again["plan"]["removed"] == 0


def test_without_a_server_it_is_refused_with_the_way_out(
    biye_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    answer = run(app, ["deploy", str(SHIPPED)])
    assert answer.exit_code == 1
    assert "server-unreachable" in answer.stderr
    assert "biye up" in answer.stderr


def test_a_server_that_goes_away_in_between_is_refused_as_one_that_is_not_there(
    biye_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    monkeypatch.setattr("deployments.season.make_pool", gone)
    monkeypatch.setattr(SyncPrefectClient, "api_healthcheck", lambda _: None)
    answer = run(app, ["deploy", str(SHIPPED)])
    assert (answer.exit_code, "server-unreachable" in answer.stderr) == (1, True), answer.exception


def test_a_bad_pack_is_refused_before_anything_else(biye_home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(text_with(season="2024-13"))
    answer = run(app, ["deploy", str(bad)])
    assert answer.exit_code == 1
    assert "pack-invalid" in answer.stderr
