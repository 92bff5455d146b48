"""`biye season amend FILE` (T4): all that moves is shown, asked about, applied once, with who and why."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from biye.cli.season import app
from biye.cli.today import app as today
from models.database import transaction
from rules.deadlines import season_calendar
from rules.refusals import Refused
from tasks.policy import adopt_pack, season_pack
from tasks.promise import age_promises, start_lot_promises
from tests.played_season import SEASON, at
from tests.rules.policy_packs import SHIPPED, text_with
from tests.tasks.lots import LOTS, make_case, make_lot

run = CliRunner().invoke
EXTENDED = SHIPPED.parent / "calendar" / "2020-spring-festival-extended.yaml"
ON = ("--as-of", "2020-01-27T18:00")


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Prefect server answers."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")


@pytest.fixture
def in_force(biye_home: Path, no_server: None) -> None:
    """A season without a lot."""
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28T09:00"))


@pytest.fixture
def approved(in_force: None) -> None:
    """A lot approved on the last day of batch 1: 15 workdays end on 02-10, as first published."""
    lot_id, approved_at, pack = make_lot(), at("2020-01-15T12:00"), season_pack(SEASON)
    make_case(lot_id, "approved", complete=None)
    with transaction() as db:
        db.execute(update(LOTS).values(approved_at=approved_at, cases=1))
        start_lot_promises(db, lot_id, pack, season_calendar(pack, approved_at.date()), approved_at)


def test_t4_a_dry_run_shows_each_promise_old_and_new_and_changes_nothing(
    played: Path, no_server: None
) -> None:
    before = season_pack(SEASON).hash
    shown = json.loads(run(app, ["amend", str(EXTENDED), *ON, "--dry-run", "--json"]).stdout)
    in_hand = [one for one in shown["milestones"] if one["new"]["clause"] == "T4"]
    assert ("2020-02-10", "2020-02-12") in {(one["old"]["last"], one["new"]["last"]) for one in in_hand}
    assert (shown["new"], shown["applied"], shown["deployed"]) == (True, False, None)
    assert season_pack(SEASON).hash == before


def row_of(duty: str, output: str) -> list[str]:
    """The cells of a promise in a printed table."""
    return next(line for line in output.splitlines() if f" {duty} " in line).replace("│", " ").split()


def test_it_asks_and_a_no_changes_nothing(approved: None) -> None:
    before = season_pack(SEASON).hash
    answer = run(app, ["amend", str(EXTENDED), *ON, "--reason", "春节延长"], input="n\n")
    assert answer.exit_code == 1
    assert row_of("registry", answer.stdout)[-3:] == ["2020-01-15", "2020-02-10", "2020-02-12"]
    assert season_pack(SEASON).hash == before


def test_t4_what_is_due_moves_with_the_amendment_and_not_before(approved: None) -> None:
    def board() -> dict[str, Any]:
        found = json.loads(run(today, ["--as-of", "2020-01-28", "--json"]).stdout)
        due = [one["due_on"] for one in found["due"] if one["duty"] == "registry"]
        return {"due": due, "to_amend": found["to_amend"]}

    age_promises(SEASON, season_pack(SEASON), at("2020-01-28T09:00"))
    assert board() == {"due": ["2020-02-10"], "to_amend": {SEASON: 1}}
    assert "season amend" in run(today, ["--as-of", "2020-02-03"]).stdout
    done = run(app, ["amend", str(EXTENDED), *ON, "--reason", "春节延长", "--yes"])
    assert row_of("registry", done.stdout)[-2:] == ["2020-02-10", "2020-02-12"]
    assert board() == {"due": ["2020-02-12"], "to_amend": {}}


def test_without_a_server_it_is_in_force_and_says_what_is_left_to_do(in_force: None) -> None:
    answer = run(app, ["amend", str(EXTENDED), *ON, "--reason", "春节延长", "--by", "王修订", "--yes"])
    assert answer.exit_code == 0, answer.output
    assert "biye season deploy 2020-01" in answer.stdout
    assert len(season_pack(SEASON).calendar_years) == 1
    again = run(app, ["amend", str(EXTENDED), *ON, "--reason", "春节延长", "--yes"])
    assert again.exit_code == 0
    assert "nothing changed" in again.stdout


@pytest.mark.parametrize("options", [["--yes"], ["--reason", "x", "--json"], ["--reason", " ", "--yes"]])
def test_an_amendment_without_a_reason_or_an_answer_is_wrong_use(in_force: None, options: list[str]) -> None:
    assert run(app, ["amend", str(EXTENDED), *ON, *options]).exit_code == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text_with(title="x"), "amend-version"),
        (text_with(season="2021-01"), "season-unknown"),
        ("year: 2020", "pack-invalid"),
        ("[", "pack-unreadable"),
        ("", "pack-invalid"),
        ("[]", "amend-nothing"),
    ],
)
def test_what_cannot_be_an_amendment_is_refused_with_its_reason(
    in_force: None, tmp_path: Path, content: str, code: str
) -> None:
    file = tmp_path / "v2.yaml"
    file.write_text(content, encoding="utf-8")
    answer = run(app, ["amend", str(file), *ON, "--dry-run"])
    assert (answer.exit_code, answer.exception.__class__) == (1, SystemExit)
    assert code in answer.stderr


@pytest.mark.prefect
def test_deployments_follow_and_deploying_the_file_of_before_is_refused(
    prefect_server: Any, tmp_path: Path
) -> None:
    old, new = tmp_path / "v1.yaml", tmp_path / "v2.yaml"
    old.write_text(text_with(season="2095-01"))
    new.write_text(text_with(season="2095-01", version=2, batches__2__audit__closes="2020-04-24"))
    assert run(app, ["deploy", str(old)]).exit_code == 0
    done = json.loads(run(app, ["amend", str(new), "--reason", "延期", "--yes", "--json"]).stdout)
    assert (done["applied"], done["deployed"]) == (True, True)
    again = json.loads(run(app, ["deploy", "2095-01", "--json"]).stdout)
    assert (again["created"], again["changed"], again["removed"]) == ([], [], [])
    assert again["plan"]["added"] == again["plan"]["removed"] == 0
    refused = run(app, ["deploy", str(old)])
    assert refused.exit_code == 1
    assert Refused("policy-in-force").code in refused.stderr
