"""N8: the cleanup phase lists, proposes and exports, each on its day, and tells Prefect nobody's name."""

from typing import Any

import pytest

from flows import cleanup
from flows.each import Outcomes
from models.settings import settings
from tasks.policy import adopt_pack
from tests.rules.policy_packs import text_with
from tests.tasks.enrolments import enrol, enrolments, notify, on, say_yes, states
from tests.tasks.graduates import SEASON

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


def test_n8_each_step_of_the_phase_waits_for_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[list[dict[str, object]]] = []
    monkeypatch.setattr(cleanup, "show", lambda *given: shown.append(list(given[3])))
    monkeypatch.setattr(cleanup, "each", _each)
    for name in ("bring_lists_to_day", "propose", "export", "tell"):
        monkeypatch.setattr(cleanup, name, getattr(cleanup, name).fn)
    _, number = enrol(1)
    adopt_pack(text_with(), "2020-01.yaml", on("01-02"))
    for day, state in (("04-29", []), ("04-30", ["listed"]), ("05-16", ["listed"])):
        assert cleanup.clean_up.fn(SEASON, on(day)) is None
        assert states() == state
    notify()
    cleanup.clean_up.fn(SEASON, on("05-18"))
    assert (states(), say_yes(on("05-18"))) == (["listed"], 1)
    cleanup.clean_up.fn(SEASON, on("05-19"))
    assert states() == ["exported"]
    assert number not in str(shown)
    assert (settings().root / "out" / "110" / f"退学名单-{SEASON}.xlsx").exists()


def _each(said: str, work: Any, of: list[str], **same: object) -> Outcomes:
    return Outcomes(said, {one: work.fn(one, **same) for one in of})
