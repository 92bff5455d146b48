"""How often somebody may try (G2)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.account import Attempt
from models.columns import table_of
from models.database import reading, transaction
from rules.clock import SHANGHAI
from tasks.attempts import forget_attempts, may_try
from tests.printed_lots import installation

pytestmark = pytest.mark.usefixtures(installation.__name__)
AT, WINDOW = datetime(2020, 1, 20, 9, tzinfo=SHANGHAI), timedelta(minutes=15)


def attempts() -> list[bytes]:
    with reading() as db:
        return list(db.scalars(select(table_of(Attempt).c.digest)))


def tried(at: datetime = AT, **limits: int) -> bool:
    with transaction() as db:
        return may_try(db, limits, at, WINDOW)


def test_the_limit_holds_until_its_window_is_over() -> None:
    assert [tried(east=2) for _ in range(3)] == [True, True, False]
    assert not tried(AT + WINDOW - timedelta(seconds=1), east=2)
    assert tried(AT + WINDOW, east=2)


def test_every_limit_counts_also_where_another_is_passed() -> None:
    assert [tried(east=1, address=3) for _ in range(3)] == [True, False, False]
    assert not tried(west=1, address=3)
    assert tried(west=2, other=1)


def test_old_windows_are_forgotten_and_nobody_s_name_is_kept() -> None:
    tried(east=1)
    tried(AT + timedelta(days=2), west=1)
    assert all(b"east" not in digest for digest in attempts())
    assert forget_attempts(AT + timedelta(days=1)) == 1
    assert len(attempts()) == 1
