"""The students of an invented season: one row each, sorted by unit."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from biye.sandbox import people
from biye.sandbox.story import FAST_TRACK_PARTS, FATES, LAST_DAY_PARTS, PARTS, draw_fates, part_of
from rules.reference import Reference

SECOND_BATCH_SHARE = 0.3
_TERMS = ("201709", "201703", "201609", "201603", "201503", "201303")
_TERM_SHARES = (0.8, 0.1, 0.05, 0.03, 0.01, 0.01)
_TERM_OF_FATE = {
    "too-early": "201803",
    "validity-over": "201109",
    "validity-last-term": "201203",
    "spring-2012-extended": "201203",
    "spring-2012-rejected": "201203",
    "spring-2012-silent": "201203",
    "autumn-2011-extended": "201109",
    "spring-2011-used-up": "201103",
}
_FAST_TRACK_AT_LEAST = 2  # students of a unit that reports some separately (T3)
_DEFAULT_COLLEGES = ("901", "903", "906", "907", "801", "802")
_LEVEL_CODES = {"本科": 12, "专科": 14}


def reporting_units(reference: Reference, students: int, chosen: list[str] | None) -> list[str]:
    """Return the units that send: those chosen; all branches and some colleges; or few for few students."""
    if chosen:
        return chosen
    organisations = reference.organisations
    branches = organisations.loc[organisations["level"] == "branch", "code"].tolist()
    colleges = organisations.loc[organisations["level"] == "college", "code"]
    units = branches + [code for code in colleges if code in _DEFAULT_COLLEGES]
    return units if students >= 60 else units[: max(1, students // 10)]


def draw_students(
    rng: np.random.Generator, reference: Reference, count: int, units: list[str]
) -> pd.DataFrame:
    """Return students with unit, place (of the unit), batch, fate and what roster and bundles say.

    batch: 1, 2 by new grades, 3 with complete grades and audit data sent in the vacation.
    """
    students = pd.DataFrame({"place": _spread(rng, count, len(units))})
    students["unit"] = np.array(units)[students["place"]]
    students["batch"] = _batches(rng, students["unit"].to_numpy(dtype=str))
    students["fate"] = draw_fates(rng, _free(students, len(units)))
    students["centre"] = _centres(rng, reference, students, units)
    _give_programme(rng, reference, students)
    _give_entry(rng, students)
    _give_identity(rng, students)
    students["status"] = np.where(students["fate"] == "not-enrolled", "休学", "在籍")
    students["discipline"] = np.where(students["fate"] == "under-discipline", "记过", "")
    return students


def _free(students: pd.DataFrame, units: int) -> npt.NDArray[np.bool_]:
    """Return who may have a fate: batch 1, and a unit that leaves time to answer CHSI within the batch."""
    late = students["unit"].map(part_of).isin(LAST_DAY_PARTS) & (units > 1)
    free: npt.NDArray[np.bool_] = ((students["batch"] == 1) & ~late).to_numpy()
    return free


def _spread(rng: np.random.Generator, count: int, units: int) -> npt.NDArray[np.int64]:
    """Return sorted places of units: at least one student each, the rest by random weights."""
    weights = rng.uniform(0.6, 1.6, units)
    sizes = np.ones(units, dtype=int) + rng.multinomial(max(count - units, 0), weights / weights.sum())
    return np.repeat(np.arange(units), sizes)[:count]


def _batches(rng: np.random.Generator, unit: npt.NDArray[np.str_]) -> npt.NDArray[np.int8]:
    batch = np.where(rng.random(len(unit)) < SECOND_BATCH_SHARE, 2, 1).astype(np.int8)
    for code, part in PARTS.items():
        own = np.flatnonzero(unit == code)
        if part.name == "late-practice":
            batch[own] = 2
        if part.name == "vacation-audit-data":
            batch[own[batch[own] == 2][:5]] = 3
        if part.name in FAST_TRACK_PARTS:
            batch[own[: _FAST_TRACK_AT_LEAST + 1]] = 2
    return batch


def _centres(
    rng: np.random.Generator, reference: Reference, students: pd.DataFrame, units: list[str]
) -> npt.NDArray[np.object_]:
    organisations = reference.organisations
    codes = organisations.loc[organisations["level"] == "study-centre", "code"].to_numpy(dtype=str)
    centres = np.empty(len(students), dtype=object)
    for place, unit in enumerate(units):
        own = codes[np.char.startswith(codes, unit)]
        rows = np.flatnonzero(students["place"].to_numpy() == place)
        centres[rows] = own[rng.integers(0, len(own), len(rows))]
    return centres


def _give_programme(rng: np.random.Generator, reference: Reference, students: pd.DataFrame) -> None:
    programmes = reference.programmes.set_index("programme_id")
    planned = np.array(sorted(set(reference.plans["programme_id"])))
    chosen = planned[rng.integers(0, len(planned), len(students))]
    for fate in FATES:
        rows = np.flatnonzero(students["fate"] == fate.name)
        allowed = _programmes_for(fate.name, fate.level, programmes.loc[planned])
        if len(rows) and len(allowed):
            chosen[rows] = allowed[rng.integers(0, len(allowed), len(rows))]
    _give_fast_track(rng, students, chosen, programmes.loc[planned])
    students["programme_id"] = chosen
    for column in ("code", "direction", "level", "school_years"):
        students[column] = programmes.loc[chosen, column].to_numpy()
    students["programme"] = programmes.loc[chosen, "name"].to_numpy()


def _give_fast_track(
    rng: np.random.Generator, students: pd.DataFrame, chosen: npt.NDArray[np.int64], programmes: pd.DataFrame
) -> None:
    """T3: let a unit that reports short-cycle graduates separately have some, and one who is none."""
    levels = {level: programmes.index[programmes["level"] == level].to_numpy() for level in _LEVEL_CODES}
    for unit in students["unit"].unique():
        if part_of(unit) in FAST_TRACK_PARTS:
            own = np.flatnonzero(students["unit"] == unit)[: _FAST_TRACK_AT_LEAST + 1]
            chosen[own] = rng.choice(levels["专科"], len(own))
            chosen[own[_FAST_TRACK_AT_LEAST:]] = levels["本科"][0]


def _programmes_for(fate: str, level: str, programmes: pd.DataFrame) -> npt.NDArray[np.int64]:
    fits = pd.Series(True, index=programmes.index) if not level else programmes["level"] == level
    if fate == "partner-mathematics":
        fits &= programmes["name"] == "数学与应用数学"
    elif fate == "partner-education-management":
        fits &= (programmes["name"] == "公共事业管理") & (programmes["direction"] == "教育管理")
    elif fate == "same-major-without-direction":
        fits &= (programmes["name"] == "公共事业管理") & (programmes["direction"] == "")
    elif fate == "photo-late":  # a seal would hide what the photo alone holds up
        fits &= ~programmes["name"].isin(("数学与应用数学", "公共事业管理"))
    return programmes.index[fits].to_numpy(dtype=np.int64)


def _give_entry(rng: np.random.Generator, students: pd.DataFrame) -> None:
    """Set entry term, student number (YY, unit, level, serial) and candidate number (考生号)."""
    term = np.array(_TERMS)[rng.choice(len(_TERMS), len(students), p=_TERM_SHARES)]
    for fate, value in _TERM_OF_FATE.items():
        term[(students["fate"] == fate).to_numpy()] = value
    students["entry_term"] = term
    number = (
        pd.to_numeric(students["entry_term"]) // 100 % 100 * 10**11 + pd.to_numeric(students["unit"]) * 10**8
    )
    number += students["level"].map(_LEVEL_CODES).astype(int) * 10**5
    autumn = students["entry_term"].str.endswith("09").to_numpy()
    serial = pd.DataFrame({"series": number, "autumn": autumn}).groupby(["series", "autumn"]).cumcount() + 1
    if serial.max() > 49_999:
        raise ValueError("more than 49,999 students of one unit, level and term: no student number is left")
    students["student_no"] = (number + serial + autumn * 50_000).astype(str).str.zfill(13)
    students["exam_no"] = (
        students["entry_term"].str[:4] + students["student_no"].str[2:5] + students["student_no"].str[6:]
    )


def _give_identity(rng: np.random.Generator, students: pd.DataFrame) -> None:
    count = len(students)
    male = rng.random(count) < 0.45
    births = people.draw_birth_dates(rng, count)
    names = people.draw_names(rng, count).astype(object)
    rare = np.flatnonzero(students["fate"] == "rare-name")
    names[rare] = people.draw_rare_names(rng, len(rare))
    students["name"] = names
    students["sex"] = np.where(male, "男", "女")
    students["birth"] = births.dt.strftime("%Y-%m-%d").to_numpy()
    students["ethnicity"] = people.draw_ethnicities(rng, count)
    students["id_number"] = people.make_id_numbers(births, male)
    students["id_type"] = "居民身份证"
    other = np.flatnonzero(students["fate"] == "other-document")
    students.loc[other, "id_type"] = "护照"
    students.loc[other, "id_number"] = [f"E{99000000 + place}" for place in range(len(other))]
