"""A small season over four machines, one of which dies with a server, is the season of one machine."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import redis

from bench.cluster import REDIS
from bench.same_tables import differences
from tests.engines import server_answers

ROOT = Path(__file__).parents[2]


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS).ping())
    except redis.RedisError:
        return False


def test_one_row_that_says_something_else_is_found() -> None:
    one = pd.DataFrame({"number": ["1", "2"], "branch": ["110", "120"]})
    assert differences({"lot": one}, {"lot": one.iloc[::-1]}) == []
    swapped = pd.DataFrame({"number": ["1", "2"], "branch": ["120", "110"]})
    assert differences({"lot": one}, {"lot": swapped}) == ["lot: 2 and 2 rows; differing columns: none alone"]
    other = one.assign(branch=["110", "130"])
    assert differences({"lot": one}, {"lot": other}) == ["lot: 2 and 2 rows; differing columns: branch"]


@pytest.mark.slow
@pytest.mark.skipif(not server_answers(), reason="left out: no PostgreSQL (BIYE_TEST_DATABASE_URL)")
@pytest.mark.skipif(not redis_answers(), reason="left out: no Redis (BIYE_TEST_REDIS_URL)")
def test_many_machines_give_what_one_gives_though_one_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.scale_check", "--students", "600", "--logs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "相同 identical" in done.stdout
