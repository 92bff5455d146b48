"""Files of one's own for a replay: each wrong manifest is refused with row, column and what is allowed."""

from datetime import datetime
from pathlib import Path

import pytest

from biye.sandbox.manifest import amendments_in, read_manifest
from rules.clock import SHANGHAI
from rules.refusals import Refused

UNITS = frozenset({"010", "110"})
HEAD = "file,kind,branch,received_at\n"
GOOD = "files/a.csv,practice,110,2019-11-29T10:00:00+08:00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "files" / name).write_bytes(b"x")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "manifest.csv").write_text(text, encoding="utf-8-sig")
    return folder


def refused(folder: Path, text: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        read_manifest(write(folder, text), UNITS)
    return refusal.value


def test_files_come_in_the_order_of_receipt_and_a_time_without_zone_is_shanghai_s(folder: Path) -> None:
    sent = read_manifest(write(folder, HEAD + GOOD + "files/b.csv,roster,010,2019-11-29T08:00:00\n"), UNITS)
    assert [one.path.name for one in sent] == ["b.csv", "a.csv"]
    assert sent[0].received_at == datetime(2019, 11, 29, 8, tzinfo=SHANGHAI)
    assert sent[1].kind == "practice"


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("files/none.csv,practice,110,2019-11-29T10:00:00", "file", "files/none.csv"),
        ("../outside.csv,practice,110,2019-11-29T10:00:00", "file", "../outside.csv"),
        ("files/a.csv,practise,110,2019-11-29T10:00:00", "kind", "practise"),
        ("files/a.csv,practice,999,2019-11-29T10:00:00", "branch", "999"),
        ("files/a.csv,practice,,2019-11-29T10:00:00", "branch", "–"),
        ("files/a.csv,practice,110,29.11.2019", "received_at", "29.11.2019"),
        ("files/a.csv,practice,110", "received_at", "–"),
    ],
)
def test_a_wrong_cell_is_named(folder: Path, row: str, column: str, value: str) -> None:
    (folder.parent / "outside.csv").write_bytes(b"x")
    refusal = refused(folder, HEAD + GOOD + row + "\n")
    assert refusal.code == "manifest-row"
    assert all(part in str(refusal) for part in ("3", column, value))


def test_a_unit_may_not_send_what_hq_alone_sends(folder: Path) -> None:
    row = "files/b.csv,registry-receipt,110,2019-11-29T10:00:00\n"
    assert refused(folder, HEAD + GOOD + row).code == "sender-hq-only"


def test_a_manifest_that_names_no_file_is_refused(folder: Path) -> None:
    assert refused(folder, HEAD).code == "manifest-empty"


def test_a_manifest_saved_as_gb18030_is_read_and_one_that_is_no_text_refused(folder: Path) -> None:
    (folder / "files" / "综合实践成绩.csv").write_bytes(b"x")
    text = HEAD + "files/综合实践成绩.csv,practice,110,2019-11-29T10:00:00\n"
    (folder / "manifest.csv").write_bytes(text.encode("gb18030"))
    assert read_manifest(folder, UNITS)[0].path.name == "综合实践成绩.csv"
    (folder / "manifest.csv").write_bytes(b"\xd0\xcf\x11\xe0\0\0")
    with pytest.raises(Refused) as refusal:
        read_manifest(folder, UNITS)
    assert refusal.value.code == "file-nul"


def test_missing_columns_and_a_missing_manifest_are_told_apart(folder: Path) -> None:
    assert "branch" in str(refused(folder, "file,kind,received_at\n"))
    (folder / "manifest.csv").unlink()
    with pytest.raises(Refused) as refusal:
        read_manifest(folder, UNITS)
    assert refusal.value.code == "manifest-missing"


def test_an_amendment_is_named_by_its_day(tmp_path: Path) -> None:  # T4
    (tmp_path / "amendments").mkdir()
    (tmp_path / "amendments" / "2020-01-27.yaml").touch()
    assert [str(day) for day in amendments_in(tmp_path)] == ["2020-01-27"]
    (tmp_path / "amendments" / "spring.yaml").touch()
    with pytest.raises(Refused) as refused:
        amendments_in(tmp_path)
    assert refused.value.code == "manifest-amendment"
