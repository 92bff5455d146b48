"""Every audit decision on one case, each unmet rule in words, and the versions it was made under."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.case import Decision
from models.columns import table_of
from models.reference_version import SeasonPolicy
from rules import refusals_audit, refusals_exemption  # noqa: F401  these register the codes of unmet rules
from rules.refusals import REASONS, BiyeError

_DECISIONS, _POLICIES = table_of(Decision), table_of(SeasonPolicy)
_PASSED_CLAUSE = "G0"  # who meets every condition passes


@dataclass(frozen=True)
class Unmet:
    """One rule that was not met, with its evidence. zh, en: sentence; remedy: what to do, in both."""

    code: str
    clause: str
    needed: str
    found: str
    module: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class DecisionSeen:
    """One decision. clauses: those of the unmet rules, G0 if all were met; policy_version: None: unknown."""

    decision: int
    in_force: bool
    passed: bool
    decided_at: datetime
    clauses: list[str]
    unmet: list[Unmet]
    policy_version: int | None
    policy_hash: str
    calendar_version: str
    reference_version: str


def case_decisions(db: Connection, case: Row[Any]) -> list[DecisionSeen]:
    """Return every decision on a case (a row of graduation_case), the oldest first."""
    of_season = select(_POLICIES.c.policy_hash, _POLICIES.c.version).where(_POLICIES.c.season == case.season)
    versions = {row.policy_hash: row.version for row in db.execute(of_season.order_by(_POLICIES.c.version))}
    rows = db.execute(select(_DECISIONS).where(_DECISIONS.c.case_id == case.id).order_by(_DECISIONS.c.id))
    return [_decision(row, row.id == case.decision_id, versions.get(row.policy_hash)) for row in rows]


def _decision(row: Row[Any], in_force: bool, version: int | None) -> DecisionSeen:
    unmet = [explained(one) for one in row.unmet]
    return DecisionSeen(
        decision=row.id,
        in_force=in_force,
        passed=row.passed,
        decided_at=row.decided_at,
        clauses=sorted({one.clause for one in unmet}) or [_PASSED_CLAUSE],
        unmet=unmet,
        policy_version=version,
        policy_hash=row.policy_hash,
        calendar_version=row.calendar_version,
        reference_version=row.reference_version,
    )


def explained(rule: dict[str, str]) -> Unmet:
    """Return an unmet rule as decisions store it, in words; a code that is gone stands for itself."""
    named = {name: rule.get(name, "") for name in ("code", "clause", "needed", "found", "module")}
    if rule["code"] not in REASONS:
        return Unmet(**named, zh=rule["code"], en=rule["code"], remedy_zh="", remedy_en="")
    details = named | rule
    error = BiyeError(details.pop("code"), **details)
    said = {}
    for language in ("zh", "en"):
        sentence, _, said[f"remedy_{language}"] = error.text(language).partition("\n")
        said[language] = sentence.partition(" · ")[2]
    return Unmet(**named, **said)
