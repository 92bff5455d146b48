"""Write an invented January 2020 season to a folder: every unit's files, as messy as real ones.

    FOLDER/manifest.csv    file, kind, branch, received_at
    FOLDER/files/UNIT/…    the files; 010's are the rosters from the academic system
    FOLDER/reference/      the reference data they fit
    FOLDER/season.yaml     the policy pack
    FOLDER/amendments/     what changes it or the calendar, each file named by its day
    FOLDER/expected.json   how the season should end, for demo and tests; the product does not read it

The same seed gives the same bytes. The registry's receipts are not among the files: a stand-in answers.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from biye.sandbox.expected import Expected, expect
from biye.sandbox.grades import grade_rows
from biye.sandbox.outbox import Outbox
from biye.sandbox.photos import draw_pictures
from biye.sandbox.plans import plans_of
from biye.sandbox.requests import send_earlier_extensions
from biye.sandbox.sender import Sender
from biye.sandbox.sending import send_everything
from biye.sandbox.sheets import PLAIN, STYLES, Style
from biye.sandbox.story import part_of
from biye.sandbox.students import draw_students, reporting_units
from models.reference import read_reference, reference_files
from rules.reference import Reference
from rules.season import Pack, parse_pack

SEASONS = Path(__file__).parents[2] / "seasons"
EXTENDED = SEASONS / "calendar" / "2020-spring-festival-extended.yaml"  # Spring Festival


def write_season(
    folder: Path,
    students: int = 2000,
    seed: int = 1,
    reference: Path = SEASONS / "reference",
    *,
    pack: Path = SEASONS / "2020-01.yaml",
    photos: bool = True,
    branches: list[str] | None = None,
    dirty: float = 0.005,
    spoiled: float = 0.0,
    styles: Sequence[Style] = STYLES,
) -> Expected:
    """Write a season of so many students and return how it should end.

    folder: may hold an earlier season, whose files are removed. branches: the units that send (default: all
    branches and six colleges). dirty: share of rows with dirt; 0 also means CSV in UTF-8 from all.
    spoiled: share of further score rows that cannot be accepted. styles: how units write, in turn.
    """
    data, policy = read_reference(reference), parse_pack(pack.read_text(encoding="utf-8"), pack.name)
    _prepare(folder, reference, pack)
    units = reporting_units(data, students, branches)
    people = draw_students(np.random.default_rng([seed, 0]), data, students, units)
    outbox = Outbox(folder)
    for sender in _senders(people, units, seed, data, policy, outbox, photos=photos, dirty=dirty):
        send_everything(replace(sender, spoiled=spoiled, style=_style(sender.place, styles, dirty)))
    send_earlier_extensions(people, outbox)
    outbox.write_manifest()
    expected = expect(people, seed, units, outbox)
    (folder / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return expected


def _prepare(folder: Path, reference: Path, pack: Path) -> None:
    shutil.rmtree(folder / "files", ignore_errors=True)
    shutil.rmtree(folder / "reference", ignore_errors=True)
    (folder / "reference").mkdir(parents=True)
    for name, content in reference_files(reference).items():
        (folder / "reference" / name).write_bytes(content)
    shutil.copyfile(pack, folder / "season.yaml")
    (folder / "amendments").mkdir(exist_ok=True)
    shutil.copyfile(EXTENDED, folder / "amendments" / "2020-01-27.yaml")


def _senders(
    people: pd.DataFrame,
    units: list[str],
    seed: int,
    reference: Reference,
    pack: Pack,
    outbox: Outbox,
    *,
    photos: bool,
    dirty: float,
) -> Iterator[Sender]:
    """Yield one unit after the other, so that memory holds the grades of one only."""
    plans, partners = plans_of(reference), _partners(reference, pack)
    pictures = draw_pictures(seed) if photos else []
    for place, unit in enumerate(units):
        rng = np.random.default_rng([seed, place + 1])
        own = people[people["place"] == place].reset_index(drop=True)
        others = people.loc[people["place"] != place, "student_no"]
        yield Sender(
            unit=unit,
            place=place,
            students=own,
            grades=grade_rows(rng, reference, plans, own),
            style=PLAIN,
            part=part_of(unit) if len(units) > 1 else "",
            stranger=others.iloc[0] if len(others) else "",
            dirty=dirty,
            reference=reference,
            partners=partners,
            pictures=pictures,
            rng=rng,
            outbox=outbox,
        )


def _style(place: int, styles: Sequence[Style], dirty: float) -> Style:
    return styles[place % len(styles)] if dirty else PLAIN


def _partners(reference: Reference, pack: Pack) -> dict[tuple[str, str, str], str]:
    """Return the partner university of each major that needs its seal (N2)."""
    columns = reference.programmes[["level", "name", "direction"]].itertuples(index=False, name=None)
    majors = [(key, pack.partner_seal_for(*key)) for key in columns]
    return {key: major.partner for key, major in majors if major}
