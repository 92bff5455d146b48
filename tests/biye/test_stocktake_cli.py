"""`biye stocktake` as a study centre types it: open, scan, show, explain, close (N5)."""

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
from tests.printed_lots import PACKED, SHIPPED, bring, printed_lot, rows_of, shipped_reference
from tests.rules.policy_packs import SHIPPED as SHIPPED_PACK
from tests.rules.policy_packs import january_2020

EAST = "1100201"
FIRST, SECOND = "511618202005000001", "511618202005000002"
BY, AT = ("--by", EAST), ("--at", "2020-04-20T10:00")


@pytest.fixture(autouse=True)
def _at_the_centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation with one package of two certificates at its study centre."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    forget_installation()
    migrate()
    load_reference(SHIPPED, PACKED)
    adopt_pack(SHIPPED_PACK.read_text(encoding="utf-8"), SHIPPED_PACK.name, PACKED)
    lot = printed_lot([EAST, EAST])
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    bring(str(rows_of(Package)[0]["code"]), EAST, PACKED)
    yield
    engine().dispose()
    forget_installation()


def biye(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> Any:
    result = biye(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_stocktake_from_opening_to_close() -> None:
    assert answer("stocktake", "open", *BY, *AT)["expected"] == 2
    assert "进行中" in biye("today", "--as-of", "2020-04-20").stdout
    scanned = biye("stocktake", "scan", FIRST, FIRST, *BY, *AT)
    assert scanned.exit_code == 0, scanned.output
    assert [line[:2] for line in scanned.stdout.splitlines()] == ["相符", "Fo", "重复", "Re"]
    shown = answer("stocktake", "show", *BY)
    assert (shown["counts"]["found"], shown["counts"]["missing"]) == (1, 1)
    refused = biye("stocktake", "close", *BY, *AT)
    assert refused.exit_code == 1
    assert "N5-stocktake-unexplained" in refused.output
    said = biye("stocktake", "explain", SECOND, "--reason", "handed-over", *BY, *AT)
    assert "biye certificate hand-over" in said.stdout
    assert "已说明" in biye("stocktake", "show", *BY).stdout
    assert "已结束" in biye("stocktake", "close", *BY, *AT, "--actor", "孙盘点").stdout
    assert answer("stocktake", "list")[0]["closed_by"] == "孙盘点"
    assert "盘点未结束" not in biye("today", "--as-of", "2020-04-21").stdout


def test_the_first_refused_code_ends_a_scan_and_those_before_it_count() -> None:
    biye("stocktake", "open", *BY, *AT)
    done = biye("stocktake", "scan", FIRST, "511618202005999999", SECOND, *BY, *AT)
    assert done.exit_code == 1
    assert "sheet-unknown" in done.output
    assert answer("stocktake", "show", *BY)["counts"]["found"] == 1


def test_the_workbook_lists_every_certificate_of_it(tmp_path: Path) -> None:
    biye("stocktake", "open", *BY, *AT)
    biye("stocktake", "scan", FIRST, *BY, *AT)
    file = tmp_path / "盘点表.xlsx"
    made = answer("report", "make", "stocktakes", "2020-01", "--by", "李制表", "--out", str(file))
    assert made["rows"] == 2
