"""Batches of a season (审核批次): their spans, windows, kinds of grades, eligibility, and why one is
cancelled.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rules.season_values import (
    GRADE_KINDS,
    Clock,
    CountOrNone,
    DayOrName,
    Holder,
    Kind,
    Level,
    Sourced,
    Switch,
    Text,
)


class Span(Sourced):
    """Days from `opens` to `closes`, both inside, in Asia/Shanghai.

    opens: missing = open from the beginning. closes_at: the time on the last day from which it is closed;
    missing = the end of that day.
    """

    opens: DayOrName | None = None
    closes: DayOrName
    closes_at: Clock | None = None


class Window(Span):
    """When a batch takes some kinds of submission. HQ's decides; one of a lower level only warns."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    level: Holder = Holder.HQ


class Eligibility(Sourced):
    """Who may be audited in a batch at all."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = (Level.UNDERGRADUATE, Level.SHORT_CYCLE)
    without_pending_resit: Switch = False

    def admits(self, level: str, pending_resit: bool = False) -> bool:
        """Say whether a student of this level of study may be audited in the batch."""
        return level in self.levels and not (pending_resit and self.without_pending_resit)


class Batch(Sourced):
    """One batch of a season; a cancelled one stays visible with its reason and never runs (N4).

    audit: when audit data are taken and audited. certificates: when certificates are made; missing = as
    audit. grades: the kinds of grades it takes, or "all".
    """

    number: CountOrNone
    label: Text
    label_en: str = ""
    status: Literal["open", "cancelled"] = "open"
    reason: str = ""
    timing: Literal["ordinary", "early"] = "ordinary"
    audit: Span | None = None
    certificates: Span | None = None
    grades: tuple[Kind, ...] | Literal["all"] = "all"
    eligibility: Eligibility | None = None
    windows: tuple[Window, ...] = ()

    @model_validator(mode="after")
    def _says_what_its_status_needs(self) -> "Batch":
        if self.status == "cancelled" and not self.reason:
            raise ValueError("a cancelled batch needs `reason`")
        if self.status == "open" and self.audit is None:
            raise ValueError("an open batch needs `audit` (opens, closes)")
        wrong = [kind for kind in self.grades if kind not in GRADE_KINDS] if self.grades != "all" else []
        if wrong:
            raise ValueError(
                f"grades names {', '.join(wrong)}; allowed: {', '.join(sorted(GRADE_KINDS))}, or all"
            )
        return self

    @property
    def is_open(self) -> bool:
        """Say whether the batch runs at all."""
        return self.status == "open"

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return every kind of submission that this batch's own windows or span can take."""
        if not self.is_open:
            return frozenset()
        grades = GRADE_KINDS if self.grades == "all" else frozenset(self.grades)
        return grades | {Kind.AUDIT_DATA, Kind.PHOTOS, Kind.CERTIFICATE_DATA}

    def span_of(self, kind: Kind) -> Span | None:
        """Return HQ's window for a kind: its own, else the certificate span or the audit span; None if not
        taken.
        """
        if kind not in self.kinds:
            return None
        for window in self.windows:
            if window.level is Holder.HQ and kind in window.kinds:
                return window
        if kind is Kind.CERTIFICATE_DATA and self.certificates:
            return self.certificates
        return self.audit

    def lower_windows(self, kind: Kind) -> tuple[Window, ...]:
        """Return the windows of lower levels for a kind: outside them a submission is warned of, not
        stopped.
        """
        return tuple(
            window for window in self.windows if window.level is not Holder.HQ and kind in window.kinds
        )
