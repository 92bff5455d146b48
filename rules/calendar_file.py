"""Years of the workday calendar that an installation supplies itself, as a YAML text.

    year: 2027
    published: 2026-11-05
    days_off: [2027-01-01..2027-01-03, 2027-02-05..2027-02-12]
    make_up_workdays: [2027-02-14]

or several such entries as a list. Weekends are off without being named. A year that Biye knows may be given
again: it replaces what is built in from its day of publication on.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from rules.calendar import CalendarYear, days_of_span
from rules.pack_yaml import read_yaml
from rules.season_problems import refuse_pack
from rules.season_values import Day, Part


class SuppliedYear(Part):
    """One year's days off, as people write them; a span is FIRST..LAST, both inside."""

    year: Annotated[int, Field(strict=True, ge=2000, le=2200)]
    published: Day
    source: str = ""
    days_off: tuple[str, ...]
    make_up_workdays: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _stays_in_its_year(self) -> "SuppliedYear":
        days = [*self._days_off(), *self.make_up_workdays]
        outside = next((day for day in days if day.year != self.year), None)
        if outside:
            raise ValueError(f"{outside} is not in {self.year}")
        both = set(self._days_off()) & set(self.make_up_workdays)
        if both:
            raise ValueError(f"{min(both)} is both a day off and a make-up workday")
        return self

    def _days_off(self) -> Iterator[date]:
        for text in self.days_off:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?", text):
                raise ValueError(f"days_off: {text!r}; allowed: YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD")
            first, _, last = text.partition("..")
            yield from days_of_span((date.fromisoformat(first), date.fromisoformat(last or first)))

    def as_calendar_year(self) -> CalendarYear:
        """Return the same year as the rules count with it."""
        return CalendarYear(
            self.year, self.published, frozenset(self._days_off()), frozenset(self.make_up_workdays)
        )


def load_calendar_file(text: str, file: str) -> tuple[CalendarYear, ...]:
    """Return the years of a YAML text as the rules count with them; refuses as `supplied_years` does."""
    return tuple(year.as_calendar_year() for year in supplied_years(text, file))


def supplied_years(text: str, file: str) -> tuple[SuppliedYear, ...]:
    """Read supplied years from a YAML text; Refused pack-unreadable or pack-invalid names key, value and
    what is allowed.
    """
    content = read_yaml(text, file)
    try:
        if isinstance(content, list):
            years = TypeAdapter(list[SuppliedYear]).validate_python(content)
        else:
            years = [SuppliedYear.model_validate(content)]
    except ValidationError as error:
        raise refuse_pack(error, file, SuppliedYear) from None
    return tuple(years)
