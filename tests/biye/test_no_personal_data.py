"""After a whole season through deployed flows, neither Prefect's database nor a log knows a student."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.keys import decrypt_ids
from tests.biye.conftest import DemoRun
from tests.conftest import forget_installation

pytestmark = pytest.mark.prefect


@pytest.fixture
def personal(demo_run: DemoRun, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every name, student number and ID number of the demo's students, also as JSON escapes them."""
    monkeypatch.setenv("BIYE_HOME", str(demo_run.home))
    forget_installation()
    with closing(sqlite3.connect(demo_run.home / "biye.db")) as db:
        rows = db.execute("select name, student_no, exam_no, id_cipher from student").fetchall()
    assert len(rows) == 20
    names, numbers, exams, ciphers = zip(*rows, strict=True)
    known = [*names, *numbers, *exams, *decrypt_ids(list(ciphers))]
    yield [*known, *(json.dumps(name).strip('"') for name in names)]
    forget_installation()


def leaks(text: bytes, personal: list[str]) -> list[str]:
    """What of the personal data stands in a text."""
    return [one for one in personal if one.encode() in text]


def test_no_table_of_prefect_s_database_holds_a_student(demo_run: DemoRun, personal: list[str]) -> None:
    with closing(sqlite3.connect(demo_run.home / "prefect" / "prefect.db")) as db:
        dump = "\n".join(db.iterdump()).encode()
    assert b"certify" in dump
    assert leaks(dump, personal) == []


def test_no_file_of_prefect_and_no_log_holds_a_student(demo_run: DemoRun, personal: list[str]) -> None:
    folders = (demo_run.home / "prefect", demo_run.home / "logs")
    files = [file for folder in folders for file in Path(folder).rglob("*") if file.is_file()]
    assert {"prefect.db", "worker.log", "server.log"} <= {file.name for file in files}
    assert {file.name: found for file in files if (found := leaks(file.read_bytes(), personal))} == {}
    looked_up = {one["example"] for one in json.loads(demo_run.result.read_text("utf-8"))["exceptions"]}
    assert set(leaks(demo_run.said.encode(), personal)) <= looked_up  # each exception names one to look up


def test_the_search_finds_what_is_there(demo_run: DemoRun, personal: list[str]) -> None:
    own = b"".join(file.read_bytes() for file in demo_run.home.glob("biye.db*"))
    assert set(personal[:20]) <= set(leaks(own, personal))  # the names stand in Biye's own database
