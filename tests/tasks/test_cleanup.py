"""A cleanup as a whole: run again, killed, kept on time, and naming no student in its events (N8)."""

from datetime import date

import pytest

from models.cleanup import Withdrawal, WithdrawalPackage
from models.database import transaction
from models.event import Event
from models.promise import Promise
from rules.withdrawal import MOVES, WithdrawalState
from tasks import withdrawal_answers, withdrawal_export
from tasks.approval import approvals
from tasks.cleanup_view import list_packages
from tasks.intake import take_in, waiting_submissions
from tasks.promise_season import refresh_season_promises
from tasks.withdrawal import IllegalMove, move
from tasks.withdrawal_export import export_withdrawals, mark_withdrawals_sent
from tests.tasks.enrolments import (
    PACK,
    clean_up,
    enrol,
    enrolments,
    exported,
    notify_when_listed,
    on,
    receipt,
    say_yes,
    states,
    statuses,
    withdrawals,
)
from tests.tasks.graduates import SEASON, reference, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


def test_n8_running_any_day_again_changes_nothing() -> None:
    exported()
    before = (rows_of(Withdrawal), rows_of(WithdrawalPackage), rows_of(Event), approvals(SEASON, None))
    clean_up("05-20")
    assert (
        rows_of(Withdrawal),
        rows_of(WithdrawalPackage),
        rows_of(Event),
        approvals(SEASON, None),
    ) == before


def test_n8_the_cleanup_is_kept_when_every_withdrawal_has_its_receipt() -> None:
    refresh_season_promises(SEASON, PACK, on("04-01"))
    package = exported()
    number = withdrawals()["学号"].iloc[0]
    assert owed() == (1, 1, "running", None)
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    receipt((number, ""), at=on("06-15", "23:00"))
    assert owed() == (1, 0, "done", date(2020, 6, 15))


def test_n8_a_cleanup_without_candidates_is_kept_once_its_lists_have_closed() -> None:
    refresh_season_promises(SEASON, PACK, on("04-01"))
    clean_up("05-15")
    assert owed() == (1, 1, "running", None)
    clean_up("05-16")
    assert owed()[1:] == (0, "done", date(2020, 5, 16))


def owed() -> tuple[object, ...]:
    (row,) = [row for row in rows_of(Promise) if row["duty"] == "cleanup"]
    return row["total"], row["open"], row["state"], row["done_on"]


@pytest.mark.parametrize("step", ["export", "sent", "answers"])
def test_n8_killed_inside_a_step_and_run_again_ends_in_the_same_rows(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = {"export": withdrawal_export, "sent": withdrawal_export, "answers": withdrawal_answers}[step]

    def killed(*given: object, **more: object) -> list[int]:
        move(*given, **more)  # type: ignore[arg-type]
        raise SystemExit

    enrol(1)
    notify_when_listed()
    clean_up("05-18")
    say_yes(on("05-20"))
    number = withdrawals()["学号"].iloc[0]
    steps = {
        "export": lambda: export_withdrawals(SEASON, PACK, on("05-20")),
        "sent": lambda: mark_withdrawals_sent(list_packages(SEASON)[-1]["id"], "王芳", on("05-21")),
        "answers": lambda: receipt((number, ""), at=on("05-25")),
    }
    for name, work in steps.items():
        if name == step:
            with monkeypatch.context() as patch:
                patch.setattr(place, "move", killed)
                before = (states(), statuses())
                with pytest.raises(SystemExit):
                    work()
                assert (states(), statuses()) == before
        if name == step == "answers":
            for waiting in waiting_submissions(SEASON, on("05-25")):
                take_in(waiting, PACK, reference(), on("05-25"))
        else:
            work()
    assert (states(), set(statuses().values())) == (["accepted"], {"退学"})
    assert len(rows_of(WithdrawalPackage)) == 1


def test_n8_no_move_but_those_of_the_table() -> None:
    exported()
    for target in WithdrawalState:
        if target not in MOVES[WithdrawalState.EXPORTED]:
            with transaction() as db, pytest.raises(IllegalMove):
                move(db, target, [1], 1, on("05-21"))
    assert states() == ["exported"]


def test_n8_no_event_of_a_cleanup_names_a_student() -> None:
    package = exported()
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    number = withdrawals()["学号"].iloc[0]
    receipt((number, ""), at=on("05-25"))
    assert number not in str(rows_of(Event))
