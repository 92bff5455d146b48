"""Pages that are made from the sources are up to date and whole."""

import pytest

from docs.__main__ import FOLDER, PAGES
from docs.pages.cli import commands
from docs.pages.errors import reasons
from docs.pages.personal_data import said, tables
from models.schema import metadata
from rules.states import TRACKS


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_up_to_date(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    assert written == PAGES[name](), f"run `make docs`: docs/{name} is not what the sources say"


def test_every_table_says_which_personal_data_it_holds() -> None:
    found = {str(model.__tablename__): said(model) for model in tables()}
    assert set(found) == set(metadata.tables)
    assert "ID number" in found["student"]
    assert found["lot"] == "none"


def test_every_refusal_has_both_languages_a_remedy_and_a_place_on_its_page() -> None:
    text = PAGES["errors.md"]()
    for reason in reasons():
        assert all((reason.zh, reason.en, reason.remedy_zh, reason.remedy_en, reason.clause)), reason.code
        assert f"| `{reason.code}` |" in text


def test_every_command_says_in_both_languages_what_it_does_and_what_it_takes() -> None:
    assert {"biye doctor", "biye approval approve", "biye season plan"} <= {name for name, _ in commands()}
    for name, command in commands():
        assert _is_bilingual(command.help), name
        for parameter in command.params:
            assert "--help" in parameter.opts or _is_bilingual(parameter.help), f"{name} {parameter.name}"


def _is_bilingual(text: str | None) -> bool:
    said = text or ""
    return any("\u4e00" <= char <= "\u9fff" for char in said) and any("a" <= char <= "z" for char in said)


def test_every_legal_move_is_drawn_and_no_other() -> None:
    text = PAGES["states.md"]()
    arrows = sum(line.count(" --> ") for line in text.splitlines() if "[*]" not in line)
    assert arrows == sum(len(following) for moves in TRACKS.values() for following in moves.values())


def test_the_timetable_has_the_last_safe_days_of_both_batches() -> None:  # N1
    text = PAGES["timetable.md"]()
    for day in ("2019-12-31", "2020-04-02"):
        assert any(line.startswith(f"| {day} | N1 |") for line in text.splitlines())
