"""Named dates and duties of a season: what a deadline hangs on, and how long a promise runs."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rules.season_values import Count, Day, Holder, Name, Sourced, Text

COUNTED = ("days_before", "weeks_before", "workdays_after")


class DateRule(Sourced):
    """A named date of the season: fixed, or a rule on another named date, its anchor.

    A `fixed` date without `day` is not yet known: what hangs on it waits for it and is never guessed.
    """

    rule: Literal[
        "fixed", "same_as", "monday_of_previous_iso_week", "days_before", "weeks_before", "workdays_after"
    ]
    day: Day | None = None
    anchor: Name | None = None
    n: Count | None = None
    label: Text
    label_en: str = ""

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> "DateRule":
        fixed, counted = self.rule == "fixed", self.rule in COUNTED
        if fixed and (self.anchor or self.n):
            raise ValueError("a fixed date takes `day` alone (left out while it is not known)")
        if not fixed and (self.anchor is None or self.day is not None):
            raise ValueError(
                f"{self.rule} takes `anchor`, the name of another entry of `dates`, and no `day`"
            )
        if not fixed and counted != (self.n is not None):
            raise ValueError(f"{self.rule} {'needs' if counted else 'takes no'} `n`")
        return self


class Duty(Sourced):
    """A promise of the season: from `starts` (day 0) until `done`, within workdays, months, by a named date,
    or by the last day of its batch (N1).

    by_end_of: that last day is the batch's for its certificates; the clause is that span's, too.
    starts: each reading is shown, each with a clock of its own. beside: shown as information only. alarms:
    so many workdays left. label_en: the same in English.
    """

    name: Name
    label: Text
    label_en: str = ""
    workdays: Count | None = None
    months: Count | None = None
    by: Name | None = None
    by_end_of: Literal["certificates"] | None = None
    starts: Annotated[
        tuple[Literal["lot-approval", "complete-data", "issue-date", "audit-approval", "season"], ...],
        Field(min_length=1),
    ]
    beside: tuple[Literal["audit-approval", "first-arrival"], ...] = ()
    done: Literal["sent-to-registry", "dispatched", "handed-over", "list-received", "withdrawn-with-receipt"]
    alarms: tuple[Count, ...] = ()

    @model_validator(mode="after")
    def _has_one_measure(self) -> "Duty":
        measures = (self.workdays, self.months, self.by, self.by_end_of)
        if sum(measure is not None for measure in measures) != 1:
            raise ValueError("exactly one of `workdays`, `months`, `by` and `by_end_of`")
        if list(self.alarms) != sorted(set(self.alarms), reverse=True):
            raise ValueError("`alarms` falls from many to few workdays left, each once")
        return self


class DwellLimit(Sourced):
    """How many days a certificate may lie with a holder before it alarms."""

    holder: Holder
    days: Count
