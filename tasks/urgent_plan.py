"""What HQ still has to print, in order, and what urgent cases would change in it (N3, N4)."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, exists, select

from models.bulk import read_frame
from models.case import Case, Hold
from models.columns import table_of
from models.lot import Lot
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.holds import PARTNER_SEAL
from rules.order import fifo_order, lots_in_order
from rules.promises import complete_on
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Audit, Certificate
from rules.urgent import Overtaking, dispatch_due, lots_made_late, overtaken, printing_days

_CASES, _HOLDS, _LOTS = table_of(Case), table_of(Hold), table_of(Lot)
_ARRIVED = ["audit_received_at", "certificate_received_at", "photo_received_at"]
_DECIDED = (Audit.PASSED.value, Audit.APPROVED.value)
_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value)


def printing_plan(db: Connection, season: str, urgent: list[int]) -> pd.DataFrame:
    """Return the certificates still to print, in order: id, lot_id, batch, complete, urgent.

    complete: the day of the complete data, None for a partner-seal case (N2). What lacks data is not there.
    """
    sealed = exists().where(_HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.reason == PARTNER_SEAL)
    names = ("id", "lot_id", "batch", "order_at", "order_receipt", "order_row", *_ARRIVED)
    wanted = (
        select(*(_CASES.c[name] for name in names), _LOTS.c.lane, sealed.label("sealed"))
        .join(_LOTS, _LOTS.c.id == _CASES.c.lot_id)
        .where(_CASES.c.season == season, _CASES.c.audit.in_(_DECIDED), _CASES.c.certificate.in_(_UNPRINTED))
    )
    cases = read_frame(db, wanted)
    cases["complete"] = pd.Series(
        map(complete_on, cases[_ARRIVED].to_numpy()), index=cases.index, dtype=object
    )
    cases = cases[cases["complete"].notna()].reset_index(drop=True)
    cases.loc[cases["sealed"].astype(bool), "complete"] = None
    return _in_order(cases).assign(urgent=lambda plan: plan["id"].isin(urgent))


def _in_order(cases: pd.DataFrame) -> pd.DataFrame:
    """Lots by their first case, the cases of a lot by their own place (N3)."""
    rank = {lot: place for place, lot in enumerate(lots_in_order(cases))}
    cases = cases.iloc[fifo_order(cases)]
    by_lot = cases["lot_id"].map(rank).sort_values(kind="stable").index
    return cases.loc[by_lot].reset_index(drop=True)


def overtaking(db: Connection, season: str, urgent: list[int]) -> Overtaking:
    """Return whom these cases would overtake if they were urgent."""
    plan = printing_plan(db, season, urgent)
    return overtaken(plan, len(urgent) - int(plan["urgent"].sum()))


def refuse_delays(db: Connection, urgent: list[int], pack: Pack, as_of: datetime) -> None:
    """Refuse urgent cases by which a standard lot would become late (N4-urgent-delays names the lots)."""
    plan, today = printing_plan(db, pack.season, urgent), day_in_shanghai(as_of)
    calendar = season_calendar(pack, today)
    pairs = plan[["complete", "batch"]].dropna().drop_duplicates().itertuples(index=False)
    due = {(day, batch): dispatch_due(pack, day, batch, calendar) for day, batch in pairs}
    plan["due_on"] = [due.get(pair) for pair in zip(plan["complete"], plan["batch"], strict=True)]
    days = printing_days(pack, today, max([today, *filter(None, due.values())]))
    unplaced = len(urgent) - int(plan["urgent"].sum())
    late = lots_made_late(plan, unplaced, pack.production.print_per_day, days)
    if late:
        raise Refused("N4-urgent-delays", lots="、".join(lot_names(db, late).values()))


def lot_names(db: Connection, lots: list[int]) -> dict[int, str]:
    """Return lots as people name them, by id: 17（110 第 1 批第 2 部分）."""
    wanted = select(_LOTS).where(_LOTS.c.id.in_(lots)).order_by(_LOTS.c.id)
    return {
        lot.id: f"{lot.id}（{lot.branch} 第 {lot.batch} 批第 {lot.part} 部分）" for lot in db.execute(wanted)
    }
