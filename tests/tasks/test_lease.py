"""A phase runs once at a time: leases on the database's clock, taken over when their owner is gone."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from models.database import transaction
from models.phase import LEASE
from tasks.lease import LeaseLost, Phase, is_running, leased, release, renew, take

AUDIT = Phase("audit", "2020-01", 1)
pytestmark = pytest.mark.usefixtures("biye_home")


def test_a_second_taker_gets_nothing_until_the_first_is_through() -> None:
    with leased(AUDIT) as first, leased(AUDIT) as second:
        assert (first, second) == (True, False)
        assert is_running(AUDIT)
    assert not is_running(AUDIT)
    with leased(AUDIT) as again:
        assert again


def test_batches_and_seasons_and_phases_do_not_stop_each_other() -> None:
    others = [Phase("audit", "2020-01", 2), Phase("audit", "2020-07", 1), Phase("open", "2020-01", 1)]
    with leased(AUDIT):
        assert all(take(one) for one in [*others, Phase("watch", "2020-01")])


def test_a_failing_body_gives_the_lease_back() -> None:
    with pytest.raises(RuntimeError, match="broken"), leased(AUDIT):
        raise RuntimeError("broken")
    assert not is_running(AUDIT)


def test_an_expired_lease_is_taken_over_and_its_owner_learns_of_it() -> None:
    with pytest.raises(LeaseLost), leased(AUDIT, lasts=timedelta(seconds=-1)):
        assert take(AUDIT) is not None


def test_the_lease_of_a_dead_process_is_taken_over_at_once(biye_home: Path) -> None:
    code = "from tasks.lease import *; print(take(Phase('audit', '2020-01', 1)))"
    died = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True
    )
    assert "/" in died.stdout
    assert not is_running(AUDIT)
    assert take(AUDIT)


def test_an_owner_on_another_machine_is_believed_until_its_lease_expires() -> None:
    owner = take(AUDIT)
    elsewhere = "other-boot:1/1/1/abcd"
    with transaction() as db:
        db.execute(update(LEASE).values(owner=elsewhere))
    assert is_running(AUDIT)
    assert take(AUDIT) is None
    assert owner is not None
    assert not renew(AUDIT, owner)
    assert not release(AUDIT, owner)
    assert renew(AUDIT, elsewhere, timedelta(seconds=-1))
    assert take(AUDIT)


def test_a_working_owner_keeps_its_lease_beyond_its_first_expiry() -> None:
    with leased(AUDIT, lasts=timedelta(seconds=2), every=0.3):
        time.sleep(3)
        assert take(AUDIT) is None
