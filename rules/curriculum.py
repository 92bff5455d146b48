"""Programmes and courses as arrays, worked out once for each version of the reference data.

Programmes, modules and courses are places in these arrays; programme -1 is one that the reference lacks: its
row stands last, without minima.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.majors import bare_direction
from rules.reference import CENTRAL_UNIT, PRACTICE_MODULE, REMEDIAL_MODULE

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Curriculum:
    """What programmes demand and what courses give; the tables are those of Reference."""

    programmes: pd.DataFrame
    minima: pd.DataFrame
    courses: pd.DataFrame

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Module codes in ascending order."""
        return tuple(sorted({*self.courses["module"], *self.minima["module"]}))

    @cached_property
    def course_ids(self) -> Ints:
        """Each course's id."""
        return self.courses["course_id"].to_numpy(np.int64)

    @cached_property
    def credits(self) -> Ints:
        """Each course's credits."""
        return self.courses["credits"].to_numpy(np.int64)

    @cached_property
    def module(self) -> Ints:
        """Each course's module."""
        return np.searchsorted(self.modules, self.courses["module"].to_numpy(dtype=str)).astype(np.int64)

    @cached_property
    def central(self) -> Mask:
        """Which courses are centrally examined."""
        return (self.courses["unit"] == CENTRAL_UNIT).to_numpy(dtype=bool)

    @cached_property
    def practice(self) -> Mask:
        """Which courses are comprehensive practice."""
        return (self.courses["module"] == PRACTICE_MODULE).to_numpy(dtype=bool)

    @cached_property
    def remedial(self) -> Mask:
        """Which courses are remedial (补修)."""
        return (self.courses["module"] == REMEDIAL_MODULE).to_numpy(dtype=bool)

    @cached_property
    def remedial_module(self) -> Mask:
        """Which modules are the remedial one."""
        return np.array([module == REMEDIAL_MODULE for module in self.modules], dtype=bool)

    @cached_property
    def programme_places(self) -> dict[tuple[str, str], int]:
        """The programme of a code and a direction without brackets."""
        directions = map(bare_direction, self.programmes["direction"].tolist())
        pairs = zip(self.programmes["code"].tolist(), directions, strict=True)
        return {pair: place for place, pair in enumerate(pairs)}

    @cached_property
    def of_programme(self) -> dict[str, Ints]:
        """Each number that programmes have, by column; 0 for the unknown programme."""
        numbers = self.programmes.select_dtypes(["number", "bool"]).astype(np.int64)
        return {str(name): np.append(column.to_numpy(np.int64), 0) for name, column in numbers.items()}

    @cached_property
    def module_minima(self) -> Ints:
        """Least credits, programmes × modules."""
        return self._by_module("min_credits")

    @cached_property
    def module_central_minima(self) -> Ints:
        """Least centrally examined credits, programmes × modules."""
        return self._by_module("min_central_credits")

    def _by_module(self, column: str) -> Ints:
        matrix = np.zeros((len(self.programmes) + 1, len(self.modules)), dtype=np.int64)
        places = np.searchsorted(self.modules, self.minima["module"].to_numpy(dtype=str))
        matrix[self.minima["programme_id"].to_numpy(np.int64), places] = self.minima[column].to_numpy(
            np.int64
        )
        return matrix
