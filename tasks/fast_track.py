"""The list for the admissions office: fast-track graduates and their certificate numbers, by branch (T3)."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

import rules.refusals_windows  # noqa: F401  registers its codes
from models.bulk import read_by
from models.case import Case
from models.columns import table_of
from models.database import reading, transaction
from models.student import Student
from rules.clock import day_in_shanghai
from rules.identity import mask_id
from rules.names import mask_name
from rules.order import FAST_TRACK, URGENT
from rules.reference import Reference
from rules.refusals import Refused
from rules.registry_fields import programme_title
from rules.season import Pack
from rules.season_values import Kind
from rules.states import Certificate, Registration, chinese
from tasks.graduate import graduates
from tasks.listing import Listing, listing_workbook
from tasks.unmasking import note_unmasked

_CASES, _STUDENTS = table_of(Case), table_of(Student)
TITLE = "续读本科毕业生名单"
_NUMBERED = tuple(state.value for state in Certificate if state not in (Certificate.NONE, Certificate.VOIDED))


@dataclass(frozen=True)
class FastTrackList:
    """A season's fast-track graduates by branch, in FIFO order inside it. Personal data: all of it.

    rows: case_id, branch, branch_name, student_no, name, programme, number, registration (a state),
    registered (bool), registered_at. unnumbered: cases of the lane without a certificate number yet.
    """

    season: str
    rows: pd.DataFrame
    unnumbered: int

    def masked(self) -> pd.DataFrame:
        """Return the rows as a screen may show them."""
        hidden = {"student_no": mask_id, "name": mask_name, "number": mask_id}
        return self.rows.assign(**{name: self.rows[name].map(mask) for name, mask in hidden.items()})


def fast_track_list(season: str, pack: Pack, reference: Reference) -> FastTrackList:
    """Return who has a certificate number; Refused pack-kind-off where the season has no fast track."""
    if pack.fast_track is None:
        raise Refused("pack-kind-off", season=season, kind=str(Kind.AUDIT_DATA_FAST_TRACK))
    lane = _lane(season, pack)
    with reading() as db:
        found = graduates(db, lane & _CASES.c.certificate.in_(_NUMBERED), pack, reference)
        none = lane & (_CASES.c.certificate == Certificate.NONE.value)
        waiting = db.scalar(select(func.count()).select_from(_CASES).where(none))
        rows = _with_person(db, found)
    names = reference.organisations.set_index("code")["name"]
    rows["branch_name"] = rows["branch"].map(names).fillna("")
    rows = rows.sort_values("branch", kind="stable", ignore_index=True)
    return FastTrackList(season, rows, int(waiting or 0))


def _lane(season: str, pack: Pack) -> ColumnElement[bool]:
    """Return the condition of the lane, with those of the urgent one who go on where late ones may use it."""
    lane: ColumnElement[bool] = _CASES.c.lane == FAST_TRACK
    if pack.fast_track and pack.fast_track.late_to_urgent:
        lane |= (_CASES.c.lane == URGENT) & _CASES.c.continuing
    return (_CASES.c.season == season) & lane


def _with_person(db: Connection, found: pd.DataFrame) -> pd.DataFrame:
    names = ("id", "student_id", "registration", "registered_at")
    cases = read_by(db, _CASES, names, "id", found["case_id"].tolist()).set_index("id")
    numbers = read_by(db, _STUDENTS, ("id", "student_no"), "id", cases["student_id"].tolist())
    known = cases.reindex(found["case_id"]).set_axis(found.index)
    rows = found[["case_id", "branch", "name", "number"]].copy()
    rows["student_no"] = known["student_id"].map(numbers.set_index("id")["student_no"])
    titles = zip(found["programme_name"], found["direction"], strict=True)
    rows["programme"] = [programme_title(programme, direction) for programme, direction in titles]
    rows["registration"] = known["registration"]
    rows["registered"] = known["registration"] == Registration.ACCEPTED.value
    at = known["registered_at"].astype(object)
    rows["registered_at"] = at.where(at.notna(), None)
    return rows


def fast_track_workbook(found: FastTrackList, by: str, at: datetime) -> bytes:
    """Return the list in full as XLSX, and write down who took it; Refused unmasked-nameless."""
    with transaction() as db:
        stream, cases = f"season:{found.season}", found.rows["case_id"].tolist()
        note_unmasked(db, stream, "registry fast-track", cases, by, at)
    about = f"{found.season} 毕业季，供招生部门；尚未编号 {found.unnumbered} 人"
    listing = Listing(TITLE, about, _listed(found.rows), by, day_in_shanghai(at))
    return listing_workbook(listing)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the list under its headings."""
    at = [f"{one:%Y-%m-%d %H:%M}" if one is not None else "" for one in rows["registered_at"]]
    columns = {
        "序号": range(1, len(rows) + 1),
        "分部代码": rows["branch"],
        "分部": rows["branch_name"],
        "学号": rows["student_no"],
        "姓名": rows["name"],
        "专业": rows["programme"],
        "证书编号": rows["number"],
        "学历注册": [chinese(Registration(state)) for state in rows["registration"].tolist()],
        "注册时间": at,
    }
    return pd.DataFrame(columns)
