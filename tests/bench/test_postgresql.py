"""A season on PostgreSQL: both sides write the same rows there, and nothing stays on the server."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bench import postgresql
from bench.data import season_folder
from tests.engines import LEFT_OUT, SERVER, server_answers

URL = make_url(SERVER).render_as_string(hide_password=False)


def test_both_sides_write_the_same_rows_and_leave_nothing_behind(tmp_path: Path) -> None:
    if not server_answers():
        pytest.skip(LEFT_OUT)
    measured = postgresql.measure(500, 1, URL, season_folder(500, ["110", "320"], tmp_path))
    assert measured.rows["written"] > 450
    assert set(measured.plain) == {row.name.removeprefix("postgresql-") for row in postgresql.ROWS}
    with psycopg.connect(URL) as db:
        left = db.execute("SELECT datname FROM pg_database WHERE datname LIKE 'biye_bench_%'").fetchall()
    assert left == []


def test_a_bench_without_postgresql_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIYE_TEST_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    told: list[object] = []
    assert postgresql.figures(500, 1, told.append) == []
    assert "left out" in str(told)
