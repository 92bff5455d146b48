"""The parts of a policy pack beside its dates, duties and batches: gates, school data, and what a season
may lack.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rules.majors import split_major
from rules.season_values import (
    Clock,
    Count,
    CountOrNone,
    DayOrName,
    Level,
    Name,
    Part,
    SeasonId,
    Sourced,
    Switch,
    Term,
    Text,
)


class PhotoGate(Sourced):
    """What a missing photo does, and where it is looked for (R1)."""

    mode: Literal["warn", "block"]
    tested_at: tuple[Literal["application", "branch-audit", "hq-audit"], ...] = ("hq-audit",)
    lead_days: CountOrNone = 0


class AuditPolicy(Sourced):
    """Which audit requirements are on; the minima themselves are reference data."""

    minimum_terms: Count
    pass_above: CountOrNone = 59
    conduct_appraisal: Switch = True
    unified_exam: Switch = True
    remedial_courses: Switch = True
    prior_credential: Switch = True
    no_disciplinary_action: Switch = True


class Validity(Sourced):
    """How long an enrolment is valid, in terms from the entry term on, and how many terms ahead to warn."""

    terms: Count
    warn_terms_ahead: CountOrNone = 0


class FastTrack(Sourced):
    """Short-cycle graduates who go on to an undergraduate programme: reported separately and early (T3).

    late_to_urgent: whether late ones may go the urgent lane.
    """

    deadline: Name
    last_batch: CountOrNone
    level: Level = Level.SHORT_CYCLE
    late_to_urgent: Switch = False


class Exemption(Sourced):
    """Exemption applications count until a day; later ones mean a later season (R3)."""

    deadline: Name
    later_season: SeasonId


class PartnerSealMajor(Sourced):
    """A major whose certificates wait for the partner university's seal (N2).

    direction: empty = any. printing: whether sheets are printed meanwhile.
    """

    level: Level
    programme: Text
    direction: str = ""
    partner: Text
    printing: Literal["goes-on", "waits"] = "goes-on"

    def matches(self, level: str, programme: str, direction: str = "") -> bool:
        """Say whether a student's major is this one; full-width and half-width brackets are alike."""
        name, own = split_major(programme, direction), split_major(self.programme, self.direction)
        return level == self.level and name[0] == own[0] and own[1] in ("", name[1])


class Vacation(Sourced):
    """HQ's vacation, first and last day; no public holiday, so counted as workdays unless the season says
    otherwise.
    """

    opens: DayOrName
    closes: DayOrName
    counted_out: Switch = False


class Urgent(Sourced):
    """Urgent cases: branches name them until a day, from then on HQ does (N4).

    in_vacation: whether the urgent lane works while HQ is on vacation.
    """

    requests_until: Name
    in_vacation: Switch = False


class Covers(Sourced):
    """Certificate covers: estimates by a day that HQ sets, roughly matching the number of graduates (N6)."""

    deadline: Name
    tolerance_percent: CountOrNone
    report_to: Text


class Extension(Sourced):
    """Extension of enrolment validity: how long, how often, and the day of the list (N8)."""

    max_years: Count
    times: Count = 1
    list_by: Name
    entered: Term
    until: Term
    last_season: SeasonId
    nil_return: Switch = True


class Cleanup(Sourced):
    """One cleanup of expired enrolments: never before a day, objections if published, finished by a day
    (N8).
    """

    name: Name
    not_before: Name
    end: Name
    published: Name | None = None
    objections_until: Name | None = None


class RegistryWarning(Sourced):
    """Rows of these batches that are not sent by a day are warned of (N7)."""

    on: Name
    batches: tuple[CountOrNone, ...]


class QrPilot(Sourced):
    """Package labels with a QR code (N9). units: those with the pilot flag in the reference data, all, or a
    list.
    """

    units: Literal["flagged", "all"] | tuple[Annotated[str, Field(pattern=r"^\d{3}(\d{2}|\d{4})?$")], ...]
    paper_fallback: Switch = True


class Scattered(Sourced):
    """When a unit's submissions in a batch count as scattered: a warning, never a block (N3)."""

    more_than: Count
    within_days: Count
    smaller_than: Count


class Feedback(Sourced):
    """Within how many workdays HQ answers what was found wrong on a certificate (N5)."""

    workdays: Count


class Confirmation(Sourced):
    """Within how many workdays a student confirms the CHSI record, where that had to wait (N5)."""

    workdays: Count


class Production(Sourced):
    """What HQ can make: certificates printed a day, certificates in a package."""

    print_per_day: Count
    package_size: Count


class Schedule(Sourced):
    """At what time of day phases run, all in Asia/Shanghai. closings_at: on the day after a window."""

    phases_at: Clock
    closings_at: Clock
    watch_at: Clock | None = None
    sweep_at: Clock | None = None


class SchoolName(Part):
    """The school's name for entrants before a term; without a term, for all later ones."""

    entered_before: Term | None = None
    name: Text


class School(Sourced):
    """What the certificate and the registration say about the school (DOMAIN.md, CHSI files)."""

    code: Annotated[str, Field(pattern=r"^\d{5}$")]
    education_type: Annotated[str, Field(pattern=r"^\d$")]
    registry_code: Annotated[str, Field(pattern=r"^\d{5}$")]  # YXDM
    names: Annotated[tuple[SchoolName, ...], Field(min_length=1)]
    study_form: Text  # XXXS
    conclusion: Text  # BJYJL
    principal: Text  # XZM

    @model_validator(mode="after")
    def _names_rise_and_end_open(self) -> "School":
        terms = [entry.entered_before for entry in self.names]
        bounds = [term for term in terms[:-1] if term is not None]
        if terms[-1] is not None or len(bounds) != len(terms) - 1 or bounds != sorted(set(bounds)):
            raise ValueError("`names` rises by entered_before, and only the last entry has none")
        return self

    def name_for(self, entry_term: str) -> str:
        """Return the name on the certificate by entry term, written 2013-09 or 201309."""
        term = entry_term.replace("-", "")
        bounded = (entry for entry in self.names if entry.entered_before)
        return next(
            (e.name for e in bounded if term < str(e.entered_before).replace("-", "")), self.names[-1].name
        )


class Contacts(Sourced):
    """The office in charge, printed in letters, refusals and reminders (V1)."""

    office: Text
    persons: tuple[Text, ...] = ()
    telephone: Text
    email: Text
    address: Text
    postcode: Annotated[str, Field(pattern=r"^\d{6}$")]
