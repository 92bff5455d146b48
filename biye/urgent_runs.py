"""Urgent runs started by what a person did: a run, or why there is none (N4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.refusals import BiyeError
from tasks.urgent import run_after


@dataclass(frozen=True)
class Started:
    """A run that was started for cases of a season, by its name; else why none was."""

    season: str
    cases: list[int]
    name: str = ""
    why: str = ""


def start_run(season: str, case_ids: Iterable[int]) -> Started:
    """Start an urgent run; Refused server-unreachable, urgent-not-deployed."""
    from deployments.urgent import start_urgent  # here: Prefect takes a second to import

    cases = list(case_ids)
    return Started(season, cases, start_urgent(season, cases))


def start_after(approval_id: int) -> Started | None:
    """Start the urgent run that an approval asks for; None if it asks for none.

    The approval stands where no server can be reached: the daily phases do the same work.
    """
    wanted = run_after(approval_id)
    if wanted is None:
        return None
    try:
        return start_run(*wanted)
    except BiyeError as refusal:
        return Started(*wanted, why=refusal.text())
