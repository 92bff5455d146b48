"""The values that a policy pack is written in: days, times, names, counts, and where each fact comes from."""

import re
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class Provenance(StrEnum):
    """How a fact came into the pack."""

    STATED = "stated"  # the notice says so
    CARRIED_OVER = "carried-over"  # from earlier seasons or a standing rule
    INFERRED = "inferred"  # a reading chosen where the notice is silent


class Kind(StrEnum):
    """Every kind of submission (上报) that a season may take or lack, whether or not Biye reads it yet."""

    ROSTER = "roster"
    GRADE_HISTORY = "grade-history"
    PRACTICE = "practice"
    FINAL_EXAM = "final-exam"
    AUDIT_DATA = "audit-data"
    AUDIT_DATA_FAST_TRACK = "audit-data-fast-track"
    PHOTOS = "photos"
    CERTIFICATE_DATA = "certificate-data"
    URGENT_REQUEST = "urgent-request"
    EXEMPTION = "exemption"
    COVER_ESTIMATE = "cover-estimate"
    EXTENSION = "extension"
    EXTENSION_HISTORY = "extension-history"
    REGISTRY_RECEIPT = "registry-receipt"
    WITHDRAWAL_RECEIPT = "withdrawal-receipt"


GRADE_KINDS = frozenset({Kind.PRACTICE, Kind.FINAL_EXAM})


class Level(StrEnum):
    """Level of study (层次)."""

    UNDERGRADUATE = "本科"
    SHORT_CYCLE = "专科"


class Holder(StrEnum):
    """Who sets a window or holds a certificate: HQ (总部), branch (分部), college (地方学院), centre
    (学习中心).
    """

    HQ = "hq"
    BRANCH = "branch"
    COLLEGE = "college"
    CENTRE = "centre"


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"2[01]\d{2}-\d{2}-\d{2}", value):  # far from date's own ends
        return date.fromisoformat(value)
    raise ValueError("日期 a day as YYYY-MM-DD")


def _day_or_name(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(NAME, value):
        return value
    try:
        return _day(value)
    except ValueError:
        raise ValueError("日期或 dates 中的名称 a day as YYYY-MM-DD, or a name from `dates`") from None


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError('时间 a time as "HH:MM", 00:00 to 23:59')


Day = Annotated[date, BeforeValidator(_day)]
DayOrName = Annotated[date | str, BeforeValidator(_day_or_name)]
Clock = Annotated[time, BeforeValidator(_clock)]
Name = Annotated[str, Field(pattern=NAME)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
CountOrNone = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Switch = Annotated[bool, Field(strict=True)]
Term = Annotated[str, Field(pattern=r"^\d{4}-(03|09)$")]  # enrolment term: spring 03, autumn 09
SeasonId = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Part(BaseModel):
    """A piece of a pack: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Part):
    """A fact, or several of one clause, with its source.

    differing: fields of this part whose provenance is another than the part's.
    """

    clause: Text
    provenance: Provenance
    differing: Mapping[str, Provenance] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _differing_names_fields(self) -> "Sourced":
        unknown = sorted(set(self.differing) - set(type(self).model_fields))
        if unknown:
            raise ValueError(
                f"differing names {', '.join(unknown)}; allowed: {', '.join(own_fields(type(self)))}"
            )
        return self

    def provenance_of(self, field: str) -> Provenance:
        """Return where one field's value comes from."""
        return self.differing.get(field, self.provenance)


def own_fields(part: type[Part]) -> list[str]:
    """Return the keys that a part takes, without those that every sourced part has."""
    shared: dict[str, Any] = Sourced.model_fields if issubclass(part, Sourced) and part is not Sourced else {}
    return [name for name in part.model_fields if name not in shared]
