"""The policy pack of a season: one YAML file, validated whole, frozen, and known by its hash (G1).

Everything that a notice fixes is here, each fact with its clause and its provenance; nothing of a season is
in the code. What a pack leaves out is off.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from rules.calendar_file import SuppliedYear
from rules.pack_yaml import read_yaml
from rules.season_batches import Batch
from rules.season_checks import problems_of
from rules.season_dates import DateRule, Duty, DwellLimit
from rules.season_parts import (
    AuditPolicy,
    Cleanup,
    Confirmation,
    Contacts,
    Covers,
    Exemption,
    Extension,
    FastTrack,
    Feedback,
    PartnerSealMajor,
    PhotoGate,
    Production,
    QrPilot,
    RegistryWarning,
    Scattered,
    Schedule,
    School,
    Urgent,
    Vacation,
    Validity,
)
from rules.season_problems import WHOLE, Problem, refuse, refuse_pack
from rules.season_values import Count, Name, Part, SeasonId, Text


def _none_is_off(value: object) -> object:
    return None if value == "none" else value


class Pack(Part):
    """One season's policy. Parts that are None or empty are off."""

    season: SeasonId
    version: Count
    title: Text
    clauses: Annotated[Mapping[str, Text], Field(min_length=1)]
    dates: Mapping[Name, DateRule]
    batches: Annotated[tuple[Batch, ...], Field(min_length=1)]
    school: School
    contacts: Contacts
    schedule: Schedule
    production: Production
    audit: AuditPolicy
    validity: Validity
    photo_gate: PhotoGate
    duties: tuple[Duty, ...] = ()
    dwell: tuple[DwellLimit, ...] = ()
    partner_seal: tuple[PartnerSealMajor, ...] = ()
    cleanups: tuple[Cleanup, ...] = ()
    fast_track: FastTrack | None = None
    exemption: Exemption | None = None
    vacation: Vacation | None = None
    urgent: Urgent | None = None
    covers: Covers | None = None
    extension: Annotated[Extension | None, BeforeValidator(_none_is_off)] = None
    registry_warning: RegistryWarning | None = None
    qr_pilot: QrPilot | None = None
    scattered: Scattered | None = None
    feedback: Feedback | None = None
    confirmation: Confirmation | None = None
    calendar_years: tuple[SuppliedYear, ...] = ()

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the pack's content; comments and the order of keys do not count."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return sha256(content.encode()).hexdigest()

    @property
    def issue_date(self) -> date:
        """Return the date of issue of every certificate of the season (N7)."""
        return self._fixed_day("issue")

    @property
    def graduation_date(self) -> date:
        """Return the graduation date (毕业日期)."""
        return self._fixed_day("graduation")

    @property
    def open_batches(self) -> tuple[Batch, ...]:
        """Return the batches that run, in the pack's order."""
        return tuple(batch for batch in self.batches if batch.is_open)

    @property
    def cancelled_batches(self) -> tuple[Batch, ...]:
        """Return the batches that never run, each with its reason (N4)."""
        return tuple(batch for batch in self.batches if not batch.is_open)

    def batch(self, number: int) -> Batch:
        """Return a batch by number; KeyError if the season has none of that number."""
        for batch in self.batches:
            if batch.number == number:
                return batch
        raise KeyError(number)

    def duty(self, name: str) -> Duty | None:
        """Return a duty by name, None if the season has no such promise."""
        return next((duty for duty in self.duties if duty.name == name), None)

    def partner_seal_for(self, level: str, programme: str, direction: str = "") -> PartnerSealMajor | None:
        """Return the partner-seal entry for a student's major, None if it needs no seal (N2)."""
        return next(
            (major for major in self.partner_seal if major.matches(level, programme, direction)), None
        )

    def dwell_days(self, holder: str) -> int | None:
        """Return how many days a certificate may lie with a holder, None if there is no limit."""
        return next((limit.days for limit in self.dwell if limit.holder == holder), None)

    def with_calendar_years(self, years: Iterable[SuppliedYear]) -> "Pack":
        """Return the pack with further years of the workday calendar, as an amendment supplies them."""
        new = [year for year in years if year not in self.calendar_years]
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return Pack.model_validate(own | {"calendar_years": (*self.calendar_years, *new)})

    def _fixed_day(self, name: str) -> date:
        day = self.dates[name].day
        if day is None:
            raise KeyError(name)
        return day


def parse_pack(text: str, file: str) -> Pack:
    """Read a pack from YAML text; Refused pack-unreadable or pack-invalid tells every problem at once."""
    content = read_yaml(text, file)
    if not isinstance(content, dict):
        raise refuse([Problem(WHOLE, type(content).__name__, "键与值 keys with values")], file)
    try:
        pack = Pack.model_validate(content)
    except ValidationError as error:
        raise refuse_pack(error, file, Pack) from None
    problems = problems_of(pack)
    if problems:
        raise refuse(problems, file)
    return pack
