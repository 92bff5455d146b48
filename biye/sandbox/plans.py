"""A programme's usual courses, and which of them to fail so that one minimum is missed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.reference import CENTRAL_UNIT, PRACTICE_MODULE, Reference

Ints = npt.NDArray[np.int64]
LAST_TERM = 5


@dataclass(frozen=True)
class Plan:
    """One programme's plan: a row a course, with module, unit, credits, term; and the programme's minima."""

    courses: pd.DataFrame
    min_credits: int
    min_central_credits: int
    max_exempt_credits: int
    module_minima: dict[str, int]

    @cached_property
    def is_practice(self) -> npt.NDArray[np.bool_]:
        """Which courses are comprehensive practice."""
        return (self.courses["module"] == PRACTICE_MODULE).to_numpy(dtype=bool)

    @cached_property
    def is_last_term(self) -> npt.NDArray[np.bool_]:
        """Which courses are examined at the end of the last term."""
        return (self.courses["term"] == LAST_TERM).to_numpy(dtype=bool) & ~self.is_practice

    @cached_property
    def below_a_module(self) -> Ints:
        """Courses to fail so that a module falls below its minimum."""
        for module, least in self.module_minima.items():
            places = np.flatnonzero((self.courses["module"] == module) & ~self.is_practice)
            left = self._credits(places).sum() - np.cumsum(self._credits(places))
            if len(places) and (left < least).any():
                return places[: int(np.argmax(left < least)) + 1]
        return np.flatnonzero(~self.is_practice)[:8]

    @cached_property
    def below_credits(self) -> Ints:
        """Courses to fail so that the programme's credits are missed, and no module's if possible."""
        central = (self.courses["unit"] == CENTRAL_UNIT).to_numpy()
        return self._fail(
            np.argsort(central, kind="stable"), int(self.courses["credits"].sum()) - self.min_credits
        )

    @cached_property
    def below_central_credits(self) -> Ints:
        """Centrally examined courses to fail so that the central credits are missed."""
        central = self.courses["unit"] == CENTRAL_UNIT
        spare = int(self.courses["credits"][central].sum()) - self.min_central_credits
        return self._fail(np.flatnonzero(central.to_numpy()), spare)

    @cached_property
    def above_exemption(self) -> Ints:
        """Courses whose credits together exceed what may be exempted."""
        places = np.flatnonzero(~self.is_practice)
        return places[: int(np.argmax(np.cumsum(self._credits(places)) > self.max_exempt_credits)) + 1]

    @cached_property
    def spare(self) -> Ints:
        """One course without which every minimum is still met."""
        credits, central = self._credits(np.arange(len(self.courses))), self.courses["unit"] == CENTRAL_UNIT
        own = self.courses.groupby("module")["credits"].transform("sum").to_numpy() - credits
        least = self.courses["module"].map(self.module_minima).fillna(0).to_numpy()
        left = int(credits[central].sum()) - self.min_central_credits
        fits = (own >= least) & (credits <= credits.sum() - self.min_credits) & ~self.is_practice
        return np.flatnonzero(fits & (~central.to_numpy() | (credits <= left)))[:1]

    def _credits(self, places: Ints) -> Ints:
        return self.courses["credits"].to_numpy()[places]

    def _fail(self, order: Ints, spare: int) -> Ints:
        """Pick courses until more than `spare` credits are gone, sparing modules that would fall short."""
        slack = self.courses.groupby("module")["credits"].sum() - pd.Series(self.module_minima)
        left = {str(module): float(spared) for module, spared in slack.fillna(99).items()}
        picked, gone = [], 0
        for place in order:
            module, credits = self.courses["module"].iloc[place], int(self.courses["credits"].iloc[place])
            if gone <= spare and left.get(module, 99) >= credits and module != PRACTICE_MODULE:
                picked.append(int(place))
                left[module] = left.get(module, 99) - credits
                gone += credits
        return np.array(picked if gone > spare else order[:8], dtype=np.int64)


def plans_of(reference: Reference) -> dict[int, Plan]:
    """Return each programme's plan by programme_id."""
    columns = ["programme_id", "min_credits", "min_central_credits", "max_exempt_credits"]
    planned = reference.programmes["programme_id"].isin(reference.plans["programme_id"])
    minima = reference.programmes.loc[planned, columns].to_numpy(dtype=int)
    return {int(row[0]): _plan(reference, *map(int, row)) for row in minima}


def _plan(reference: Reference, programme: int, credits: int, central: int, exempt: int) -> Plan:
    own = reference.plans.loc[reference.plans["programme_id"] == programme, "course_id"]
    courses = reference.courses.set_index("course_id", drop=False).loc[own].reset_index(drop=True)
    modules = reference.modules[reference.modules["programme_id"] == programme]
    minima = dict(zip(modules["module"].astype(str), modules["min_credits"].astype(int), strict=True))
    return Plan(courses, credits, central, exempt, minima)
