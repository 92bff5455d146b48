"""The registry's files beside the usual writers: the same table, the same photos (T4)."""

from pathlib import Path

import pytest

from bench import registry_files
from bench.measure import SidesDiffer
from rules.registry_fields import registry_fields


def test_both_rows_are_measured_over_the_same_graduates() -> None:
    told: list[object] = []
    found = registry_files.figures(60, 1, told.append)
    assert [one.row.name for one in found] == ["registry-dbf", "registry-zip"]
    assert all(one.row.better == "higher" for one in found)


def test_graduates_are_whole_and_each_has_a_number_of_their_own() -> None:
    fields = registry_fields(registry_files.graduates(300))
    assert fields["ZSBH"].is_unique
    assert (fields.drop(columns="BZ") != "").all(axis=None)


def test_tables_that_differ_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_files, "write_dbf", lambda *_: b"")
    with pytest.raises(SidesDiffer):
        registry_files.table(registry_files.graduates(60), 1, tmp_path)
