"""`biye registry sent`: an upload by hand is noted only where a second person approved it (T4)."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from biye.cli import app
from models.certificate import RegistryPackage, RegistryRow
from models.event import Event
from tasks.numbers import allocate_numbers
from tasks.registration import import_results, mark_sent
from tasks.registry_export import export_lot
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import NOW, SEASON, case, column, let_upload, lot, reference, rows_of, season

pytestmark = pytest.mark.usefixtures(season.__name__)


@pytest.fixture(autouse=True)
def package(season: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """One exported package with one graduate; its database was made whole, so there is nothing to migrate."""
    monkeypatch.setattr("biye.cli.registry.migrate", lambda: None)
    same = lot()
    case(same, 1)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    made = export_lot(same, january_2020(), reference(), NOW)
    assert made is not None
    return made


def biye(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["registry", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_t4_an_approved_package_is_noted_as_sent_by_name_and_once(package: int) -> None:
    let_upload(package)
    code, output = biye("sent", str(package), "--by", "王芳", "--at", "2019-12-23T10:00", "--json")
    assert (code, json.loads(output)) == (0, {"package": package, "sent": 1})
    (row,) = rows_of(RegistryPackage)
    assert (row["sent_by"], f"{row['sent_at']:%Y-%m-%d %H:%M}") == ("王芳", "2019-12-23 10:00")
    assert list(column("registration").values()) == ["sent"]
    code, output = biye("sent", str(package), "--by", "赵六")
    assert (code, "此前已登记" in output) == (0, True)


def test_t4_a_package_that_nobody_approved_is_refused_in_both_languages(package: int) -> None:
    code, output = biye("sent", str(package), "--by", "王芳")
    assert code == 1
    assert "T4-upload-unapproved" in output
    assert "未经第二人批准" in output
    assert "No second person approved" in output
    assert list(column("registration").values()) == ["exported"]


def test_t4_who_sent_it_must_be_named(package: int) -> None:
    assert biye("sent", str(package))[0] == 2


def test_t4_a_rejected_row_is_shown_masked_with_its_reason_and_what_to_do(
    package: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biye.cli.registry_show.migrate", lambda: None)
    let_upload(package)
    mark_sent(package, "王芳", NOW)
    number = rows_of(RegistryRow)[0]["number"]
    rows = {"number": [number], "status": ["rejected"], "reason": ["照片模糊"]}
    import_results(pd.DataFrame(rows, dtype="str"), NOW)
    code, output = biye("show", str(package))
    assert code == 0
    assert all(said in output.replace("\n", "") for said in ("照片模糊", "退回 rejected 1", "请更正"))
    assert number not in output
    code, output = biye("show", str(package), "--json", "--unmasked", "--by", "王芳")
    (row,) = json.loads(output)["answers"]
    assert (row["number"], row["remedy"], row["registration"]) == (number, "correct", "rejected")
    assert [one["actor"] for one in rows_of(Event) if one["kind"] == "unmasked"] == ["王芳"]
