"""Write the pages that are made from the sources: `make docs`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from docs.pages import clauses, cli, errors, performance, personal_data, states, timetable

FOLDER = Path(__file__).parent
PAGES: Mapping[str, Callable[[], str]] = {
    "clauses.md": clauses.page,
    "cli.md": cli.page,
    "errors.md": errors.page,
    "performance.md": performance.page,
    "personal-data.md": personal_data.page,
    "states.md": states.page,
    "timetable.md": timetable.page,
}


def write_pages() -> None:
    """Write every page; what is up to date stays as it is."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
