"""What leaves for the registry: the graduates' table and the zip of their photos, beside usual writers."""

import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import dbf
import numpy as np
import pandas as pd

from bench.data import SEED
from bench.figure import Figure, Row, in_turn
from bench.measure import SidesDiffer
from biye.sandbox.photos import draw_pictures, with_comment
from biye.sandbox.season import SEASONS
from biye.sandbox.students import draw_students, reporting_units
from models.reference import read_reference
from rules.registry_fields import FIELDS, registry_fields
from tasks.dbf import write_dbf
from tasks.registry_package import build_photo_package

TABLE = Row("registry-dbf", "注册表（DBF）", "the package dbf writes the same table", 20, better="higher")
PHOTOS = Row("registry-zip", "照片包", "a zip with DEFLATE of the same photos", 5, better="higher")
MOST_ROWS, MOST_PHOTOS = 8_000, 800  # a lot's graduates in a season of a million; 24 MB of photos
HEADER = 32 * (len(FIELDS) + 1)  # bytes, in which the language driver and the day differ
DAY = date(2020, 3, 20)

Photos = list[tuple[str, bytes]]


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure the table of a large lot, and a package of photos alone (N7) with its hashes."""
    rows = graduates(min(students, MOST_ROWS))
    having = rows.head(MOST_PHOTOS)
    with TemporaryDirectory(prefix="biye-bench-") as folder:
        found = [table(rows, turns, Path(folder)), photos(having, turns, Path(folder))]
    tell(f"{len(rows)} 行 rows，{len(having)} 张照片 photos")
    return found


def graduates(count: int) -> pd.DataFrame:
    """Return invented graduates as `registry_fields` takes them; no rare names, which dbf cannot write."""
    reference = read_reference(SEASONS / "reference")
    units = reporting_units(reference, count, None)
    drawn = draw_students(np.random.default_rng(SEED), reference, count, units)
    drawn = drawn[drawn["fate"] != "rare-name"]
    named = {"programme": "programme_name", "code": "programme_code"}
    rows = drawn.rename(columns=named).assign(birth_date=pd.to_datetime(drawn["birth"]).dt.date)
    school = {"school_code": "51161", "school_name": "国家开放大学", "principal": "荆某某"}
    rows = rows.assign(**school, study_form="开放教育", conclusion="毕业", graduation_date=date(2020, 1, 15))
    return rows.assign(number=[f"511615202005{place:06d}" for place in range(len(rows))])


def table(rows: pd.DataFrame, turns: int, folder: Path) -> Figure:
    """Compare writing the table with the package `dbf`, which appends row by row."""
    fields, plain = registry_fields(rows), folder / "plain.dbf"
    ours = partial(write_dbf, fields, FIELDS, "gb18030", DAY)
    biye, theirs = in_turn(turns, ours, partial(_append_all, fields, plain))
    if ours()[HEADER:] != plain.read_bytes()[HEADER:]:
        raise SidesDiffer("registry-dbf")
    return Figure(TABLE, theirs / biye)


def _append_all(fields: pd.DataFrame, out: Path) -> None:
    columns = "; ".join(f"{field.name} C({field.width})" for field in FIELDS)
    with closing(dbf.Table(str(out), columns, codepage="cp936").open(dbf.READ_WRITE)) as written:
        for row in fields.itertuples(index=False, name=None):
            written.append(row)


def photos(rows: pd.DataFrame, turns: int, folder: Path) -> Figure:
    """Compare the package of photos, hashed and with its table, with a zip of the photos deflated."""
    pictures = draw_pictures(SEED)
    having = [
        (number, with_comment(pictures[place % len(pictures)], f"bench/{place}"))
        for place, number in enumerate(rows["id_number"])
    ]
    packed = partial(build_photo_package, rows, having, {}, folder / "package.zip", today=DAY)
    biye, theirs = in_turn(turns, packed, partial(_deflate, having, folder / "plain.zip"))
    return Figure(PHOTOS, theirs / biye)


def _deflate(having: Photos, out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, photo in having:
            archive.writestr(f"{stem}.jpg", photo)
