"""Photos of graduates: each is found by the ID number in its name, and is one 480×640 JPEG (R1,
DOMAIN CHSI).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rules.characters import clean_text
from rules.identity import mask_id
from rules.refusals_rows import row_reason
from rules.submission import Judged, Outcome, RosterContext
from rules.verdicts import Verdicts

WIDTH, HEIGHT = 480, 640
LARGEST_PHOTO = 2 << 20
COLUMN = "照片文件"
_STEM = re.compile(r"(?P<stem>[^/]+)\.(?P<ending>[A-Za-z0-9]{1,5})")

_AGAIN = ("请换成 480×640 的 JPEG 照片后重新上报。", "Send a JPEG of 480×640.")
for _code, _zh, _en in (
    ("row-photo-damaged", "照片 {value} 无法完整解码", "photo {value} cannot be decoded to its end"),
    ("row-photo-size", "照片 {value} 不是 480×640", "photo {value} is not 480×640"),
    ("row-photo-format", "照片 {value} 不是 JPEG", "photo {value} is no JPEG"),
    ("row-photo-colour", "照片 {value} 不是24位彩色", "photo {value} is not 24-bit colour"),
    ("row-photo-bomb", "照片 {value} 的像素数过大", "photo {value} has too many pixels"),
    ("row-photo-bytes", "照片 {value} 的文件过大", "the file of photo {value} is too big"),
):
    row_reason(_code, Outcome.REFUSED, _zh, _en, clause="R1", remedy=_AGAIN)
row_reason(
    "row-photo-nobody",
    Outcome.REFUSED,
    "照片 {value} 的文件名与任何学生的证件号都不符",
    "the name of photo {value} is no student's ID number",
    clause="R1",
    remedy=(
        "请把文件名改为大写证件号后重新上报。",
        "Name the file by the ID number in upper case and resend.",
    ),
)


@dataclass(frozen=True)
class PhotoEntry:
    """One member of a photo zip, looked at: member index from 0, name, digest, size in pixels and bytes.

    code, found: why the picture itself is not accepted, and what it is instead.
    """

    member: int
    name: str
    sha256: str
    width: int
    height: int
    size: int
    code: str | None = None
    found: str = ""


def judge_photos(entries: Sequence[PhotoEntry], ctx: RosterContext) -> Judged:
    """Judge photos; accepted: row (member + 1), student_id int32, member, sha256, width, height,
    size (bytes).

    A second photo of one student: the same bytes are a duplicate, others are held, both.
    """
    verdicts = Verdicts(np.array([entry.member + 1 for entry in entries], dtype=np.int64))
    stems = pd.Series([photo_stem(entry.name) for entry in entries], dtype="str")
    shown = pd.Series([_shown(entry) for entry in entries], dtype="str")
    found = _students(stems, ctx)
    verdicts.mark((found["student_id"] < 0).to_numpy(dtype=bool), "row-photo-nobody", COLUMN, shown)
    if ctx.branch != "010":
        elsewhere = (found["branch"] != ctx.branch).to_numpy(dtype=bool)
        verdicts.mark(elsewhere, "row-other-branch", COLUMN, shown)
    for code in dict.fromkeys(entry.code for entry in entries if entry.code):
        verdicts.mark(np.array([entry.code == code for entry in entries], dtype=bool), code, COLUMN, shown)
    photos = _accepted(entries, found)
    _mark_second_photos(photos, verdicts)
    if ctx.outcome == "parked":
        verdicts.park(ctx.code or "N1-closed")
    return Judged(photos[verdicts.open].reset_index(drop=True), verdicts.table())


def photo_stem(name: str) -> str:
    """Return the upper-case ID number in a photo's name, or "" for a name of another shape.

    >>> photo_stem("photos/99999919900307002x.JPG")
    '99999919900307002X'
    """
    found = _STEM.fullmatch(clean_text(name.rsplit("/", 1)[-1]))
    return found["stem"].strip().upper() if found else ""


def _shown(entry: PhotoEntry) -> str:
    """Return a photo's name masked, with what it is instead of 480×640."""
    name = mask_id(photo_stem(entry.name) or entry.name.rsplit("/", 1)[-1])
    return f"{name}（{entry.found}）" if entry.found else name


def _students(stems: pd.Series, ctx: RosterContext) -> pd.DataFrame:
    """Return student_id (-1 for nobody) and branch by the blind index of the ID numbers.

    A person enrolled twice has two students: the sender's own goes first, then the later enrolment.
    """
    own = (ctx.students["branch"] == ctx.branch).rename("own")
    order = pd.concat([own, ctx.students["student_no"]], axis=1).sort_values(["own", "student_no"])
    known = ctx.students.loc[order.index].drop_duplicates("id_index", keep="last").set_index("id_index")
    at = known.index.get_indexer(pd.Index(ctx.id_index(stems)))
    ids, branches = known["student_id"].to_numpy(), known["branch"].to_numpy()
    nobody = (at < 0) | (stems == "").to_numpy(dtype=bool)
    if not len(known):
        return pd.DataFrame({"student_id": np.full(len(stems), -1), "branch": ""})
    return pd.DataFrame(
        {"student_id": np.where(nobody, -1, ids[at]), "branch": np.where(nobody, "", branches[at])}
    )


def _accepted(entries: Sequence[PhotoEntry], found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": np.array([entry.member + 1 for entry in entries], dtype=np.int64),
            "student_id": found["student_id"].to_numpy(dtype=np.int32),
            "member": np.array([entry.member for entry in entries], dtype=np.int64),
            "sha256": pd.Series([entry.sha256 for entry in entries], dtype="str"),
            "width": np.array([entry.width for entry in entries], dtype=np.int32),
            "height": np.array([entry.height for entry in entries], dtype=np.int32),
            "size": np.array([entry.size for entry in entries], dtype=np.int64),
        }
    )


def _mark_second_photos(photos: pd.DataFrame, verdicts: Verdicts) -> None:
    good = photos[verdicts.open]
    different = good.groupby("student_id")["sha256"].transform("nunique") > 1
    conflict = np.zeros(len(photos), dtype=bool)
    conflict[good.index[different]] = True
    verdicts.mark(conflict, "row-same-key", COLUMN)
    again = np.zeros(len(photos), dtype=bool)
    again[good.index[good.duplicated(["student_id", "sha256"])]] = True
    verdicts.mark(again, "row-duplicate", COLUMN)
