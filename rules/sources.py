"""Where files are fetched from on schedule: the list of an installation's sources (`sources.yaml`)."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

import rules.refusals_pull  # noqa: F401  registers its codes
from rules.pack_yaml import read_yaml
from rules.refusals import Refused
from rules.season_values import Name, SeasonId
from rules.senders import kind_named
from rules.submission import Kind
from rules.web_address import doubt_address


def _meant_kind(value: object) -> object:
    return kind_named(value) if isinstance(value, str) else value


class Source(BaseModel):
    """One file that a unit offers. season: none where one season is open.

    token_env: environment variable with the token; token_file: or a file, relative to the installation's
    folder, which its owner alone may read. No token in the address.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    name: Name
    branch: Annotated[str, Field(pattern=r"^\d{3}$")]
    kind: Annotated[Kind, BeforeValidator(_meant_kind)]
    url: Annotated[str, Field(max_length=500)]
    season: SeasonId | None = None
    token_env: str = ""
    token_file: str = ""

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        if doubt := doubt_address(url):
            raise ValueError(doubt)
        return url


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sources: tuple[Source, ...] = ()

    @field_validator("sources")
    @classmethod
    def _named_once(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        if len({source.name for source in sources}) < len(sources):
            raise ValueError("名称重复 (a name twice)")
        return sources


def parse_sources(text: str, file: str) -> tuple[Source, ...]:
    """Return the sources of a list; Refused pack-unreadable, sources-invalid names every wrong place."""
    content = read_yaml(text, file)
    try:
        return _Listed.model_validate(content or {}).sources
    except ValidationError as error:
        wrong = [f"  {'.'.join(map(str, one['loc'])) or '–'}：{one['msg']}" for one in error.errors()]
        raise Refused("sources-invalid", file=file, listing="\n".join(wrong)) from None
