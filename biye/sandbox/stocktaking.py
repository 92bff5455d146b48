"""A study centre takes stock in a replay: one certificate is missing, one package lies astray (N5)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from biye.sandbox.bearers import CASES, PACKAGES, SHEETS, number_of, students_in
from biye.sandbox.fetching import waiting_students
from biye.sandbox.incidents import Incidents
from models.database import reading
from rules.clock import day_in_shanghai
from rules.reference import Reference
from rules.season import Pack
from rules.states import Custody
from rules.stocktake import Explanation
from tasks.stocktake import close_stocktake, explain_stock, open_stocktake, scan_stock

COUNTER = "演示盘点员 周盘点"
BEFORE = timedelta(hours=2)  # people count before the students come


@dataclass
class StockTaking:
    """One centre's stocktake, once in a season: after the issue date, when packages lie at two centres."""

    season: str
    reference: Reference
    incidents: Incidents
    _done: bool = field(default=False, init=False)

    def take(self, at: datetime, pack: Pack) -> None:
        """Count, explain and close. The missing one was given out and not entered: its student comes next."""
        waiting = {one.student_no for one in waiting_students(self.season, at)}
        sealed = [one for one in sealed_packages(self.season) if waiting & set(students_in(one.id))]
        astray = [one for one in sealed if one.holder != sealed[0].holder]
        if self._done or not astray or day_in_shanghai(at) <= pack.issue_date:
            return
        self._done = True
        missing = next(one for one in students_in(sealed[0].id) if one in waiting)
        self._count(sealed[0].holder, missing, astray[0], at - BEFORE)

    def _count(self, place: str, missing: str, astray: Any, at: datetime) -> None:
        open_stocktake(place, at, COUNTER, self.reference)
        gone = number_of(missing)
        for code in (*(one for one in numbers_at(place) if one != gone), astray.code):
            scan_stock(code, place, at, COUNTER, self.reference)
        explain_stock(gone, place, Explanation.HANDED_OVER, "窗口已发，当日补登记", at, COUNTER)
        explain_stock(astray.code, place, Explanation.MISROUTED, f"应在{astray.holder}，已转交", at, COUNTER)
        close_stocktake(place, at, COUNTER)
        said = "盘点缺一本：已发放未登记，说明后补登记"
        self.incidents.note("stocktake-missing", "N5", said, place, [missing])
        said = f"盘点多出{astray.holder}的证书包：误投登记，说明后转交"
        self.incidents.note("stocktake-astray", "N5", said, place, students_in(astray.id))


def sealed_packages(season: str) -> list[Any]:
    """Return the packages at study centres of which nothing was handed over, the fullest first."""
    opened = exists().where(
        SHEETS.c.package_id == PACKAGES.c.id,
        CASES.c.id == SHEETS.c.case_id,
        CASES.c.custody != Custody.AT_CENTRE.value,
    )
    full = (PACKAGES.c.season == season, PACKAGES.c.certificates > 0)
    wanted = select(PACKAGES).where(*full, PACKAGES.c.custody == Custody.AT_CENTRE.value, ~opened)
    with reading() as db:
        return list(db.execute(wanted.order_by(PACKAGES.c.certificates.desc(), PACKAGES.c.id)).all())


def numbers_at(place: str) -> list[str]:
    """Return the numbers of the certificates that lie at a study centre."""
    wanted = (
        select(SHEETS.c.number)
        .join(CASES, CASES.c.id == SHEETS.c.case_id)
        .join(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
    )
    lies = (PACKAGES.c.holder == place, CASES.c.custody == Custody.AT_CENTRE.value)
    with reading() as db:
        return list(db.scalars(wanted.where(*lies).order_by(SHEETS.c.number)))
