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
        """Courses to fail so that the credits of the programme are missed, each module's still met if possible."""
        central = (self.courses["unit"] == CENTRAL_UNIT).to_numpy()
        return self._fail(
            np.argsort(central, kind="stable"), self.courses["credits"].sum() - self.min_credits
        )

    @cached_property
    def below_central_credits(self) -> Ints:
        """Centrally examined courses to fail so that the central credits are missed."""
        central = self.courses["unit"] == CENTRAL_UNIT
        spare = self.courses["credits"][central].sum() - self.min_central_credits
        return self._fail(np.flatnonzero(central.to_numpy()), spare)

    @cached_property
    def above_exemption(self) -> Ints:
        """Courses whose credits together exceed what may be exempted."""
        places = np.flatnonzero(~self.is_practice)
        return places[: int(np.argmax(np.cumsum(self._credits(places)) > self.max_exempt_credits)) + 1]

    def _credits(self, places: Ints) -> Ints:
        return self.courses["credits"].to_numpy()[places]

    def _fail(self, order: Ints, spare: int) -> Ints:
        """Pick courses until more than `spare` credits are gone, sparing modules that would fall short."""
        slack = self.courses.groupby("module")["credits"].sum() - pd.Series(self.module_minima)
        left: dict[str, float] = slack.fillna(99).to_dict()
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
    listed = reference.plans.merge(reference.courses, on="course_id", how="left")
    programmes = reference.programmes.set_index("programme_id")
    minima = reference.modules.set_index(["programme_id", "module"])["min_credits"]
    return {
        int(programme): Plan(
            courses.reset_index(drop=True),
            int(programmes.loc[programme, "min_credits"]),
            int(programmes.loc[programme, "min_central_credits"]),
            int(programmes.loc[programme, "max_exempt_credits"]),
            minima.loc[programme].to_dict(),
        )
        for programme, courses in listed.groupby("programme_id")
    }
