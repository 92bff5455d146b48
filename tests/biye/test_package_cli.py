"""`biye package` and `biye certificate hand-over`: scans and hand-overs as units type them (N9, N5)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from biye.cli import app
from models.custody import Package
from models.database import engine, migrate
from tasks.custody import dispatch_lot
from tasks.packing import pack_lot
from tasks.policy import adopt_pack, load_reference
from tests.conftest import forget_installation
from tests.printed_lots import PACKED, SHIPPED, printed_lot, rows_of, shipped_reference, student_no
from tests.rules.policy_packs import SHIPPED as SHIPPED_PACK
from tests.rules.policy_packs import january_2020

EAST = "1100201"


@pytest.fixture(autouse=True)
def _dispatched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation as an administrator makes it, with one package on its way to branch 110."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    forget_installation()
    migrate()
    load_reference(SHIPPED, PACKED)
    adopt_pack(SHIPPED_PACK.read_text(encoding="utf-8"), SHIPPED_PACK.name, PACKED)
    lot = printed_lot([EAST, EAST])
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    yield
    engine().dispose()
    forget_installation()


def biye(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> Any:
    result = biye(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def code() -> str:
    return str(rows_of(Package)[0]["code"])


def scanned(by: str, *options: str) -> Result:
    return biye("package", "scan", code(), "--by", by, "--at", "2019-12-24T12:00", *options)


def bring_to_the_centre() -> None:
    for by, *options in (["110"], ["110", "--out"], [EAST]):
        assert scanned(by, *options).exit_code == 0


def test_a_scan_answers_in_chinese_first() -> None:
    result = scanned("110")
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first == (
        f"国家开放大学北京分部（110） 已确认接收 证书包 {code()}（2 本）。"
        f"下一站 东城学习中心（{EAST}），发出时请再扫描，方向选“发出”（命令加 --out）。"
    )
    assert second == f"Package {code()} is with 110."


def test_a_scan_as_json_says_outcome_holder_and_place() -> None:
    found = answer("package", "scan", code(), "--by", "110", "--at", "2019-12-24T12:00")
    assert (found["outcome"], found["custody"], found["holder"]) == ("moved", "at-branch", "110")


def test_a_sighting_is_taken_with_exit_code_0_and_moves_nothing() -> None:
    result = scanned("120")
    assert result.exit_code == 0
    assert result.stdout.startswith("误投登记")
    assert rows_of(Package)[0]["custody"] == "in-transit"


def test_an_unknown_code_is_refused_with_exit_code_1_and_a_remedy() -> None:
    result = biye("package", "scan", "202001-000042-Y", "--by", "110")
    assert result.exit_code == 1
    assert "N9-unknown-package" in result.stderr
    assert "Traceback" not in result.output


def test_a_time_that_is_none_is_wrong_use() -> None:
    assert biye("package", "scan", code(), "--by", "110", "--at", "昨天").exit_code == 2


def test_a_time_without_zone_is_shanghais() -> None:
    scanned("110")
    assert rows_of(Package)[0]["held_since"].isoformat() == "2019-12-24T12:00:00+08:00"


def test_show_tells_place_route_certificates_and_history() -> None:
    scanned("120")
    shown = biye("package", "show", code()).stdout
    assert "由 国家开放大学总部（010） 发往 国家开放大学北京分部（110）" in shown
    assert "误投登记" in shown
    found = answer("package", "show", code())
    assert found["places"] == {"in-transit": 2}
    assert [one["outcome"] for one in found["scans"]] == ["sighting"]
    assert "token" not in found


def test_show_of_an_unknown_package_is_refused() -> None:
    assert biye("package", "show", "202001-000042-Y").exit_code == 1


def test_list_finds_packages_by_place_and_holder() -> None:
    assert [one["code"] for one in answer("package", "list", "--custody", "in-transit")] == [code()]
    assert answer("package", "list", "--holder", "110") == []
    scanned("110")
    assert len(answer("package", "list", "--holder", "110", "--season", "2020-01", "--batch", "1")) == 1
    assert code() in biye("package", "list").stdout


def test_a_student_gets_the_certificate_and_no_name_or_number_is_shown() -> None:
    bring_to_the_centre()
    result = biye("certificate", "hand-over", student_no(1), "--by", EAST, "--at", "2020-01-20T09:00")
    assert result.exit_code == 0, result.output
    assert "已于 2020-01-20 09:00 将证书发给学生" in result.stdout
    assert student_no(1) not in result.output
    again = biye("certificate", "hand-over", student_no(1), "--by", EAST, "--at", "2020-01-21T09:00")
    assert again.exit_code == 0
    assert again.stdout.startswith("重复登记")


def test_a_hand_over_before_the_issue_date_is_refused_with_exit_code_1() -> None:
    """N7."""
    bring_to_the_centre()
    result = biye("certificate", "hand-over", student_no(1), "--by", EAST, "--at", "2020-01-19T23:59:59")
    assert result.exit_code == 1
    assert "N5-issue-date" in result.stderr
    assert "2020-01-20" in result.stderr


def test_a_hand_over_of_an_unknown_student_is_refused() -> None:
    result = biye("certificate", "hand-over", student_no(9), "--by", EAST)
    assert result.exit_code == 1
    assert "N5-no-case" in result.stderr


def test_a_signed_list_is_entered_in_one_go_and_shown_as_paper() -> None:  # N9
    signed = answer("package", "sign", code(), "--by", "110", "--at", "2019-12-24T12:00")
    assert [one["outcome"] for one in signed] == ["moved"]
    assert "纸质签收 paper 110" in biye("package", "show", code()).output
