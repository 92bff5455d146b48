"""One rule of the audit over all cases, and the list of what each case does not meet."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rules import refusals_audit  # noqa: F401 - the codes that rules carry
from rules.refusals import REASONS

Unmet = dict[str, str]  # code, clause, needed, found; of a module also module
EMPTY = "空"  # as evidence: nothing was reported


@dataclass(frozen=True)
class Rule:
    """One rule over all cases: who fails it, and for those what was needed and what was found."""

    code: str
    fails: npt.NDArray[np.bool_]
    needed: Callable[[int], str]
    found: Callable[[int], str]
    details: Unmet = field(default_factory=dict)


def collect_unmet(rules: Iterator[Rule]) -> dict[int, list[Unmet]]:
    """Return every unmet rule by case, in the order of the rules; who meets every rule is not in it."""
    unmet: defaultdict[int, list[Unmet]] = defaultdict(list)
    for rule in rules:
        head = {"code": rule.code, "clause": REASONS[rule.code].clause} | rule.details
        for case in np.flatnonzero(rule.fails).tolist():
            unmet[case].append(head | {"needed": rule.needed(case), "found": rule.found(case)})
    return unmet


def number(values: npt.NDArray[np.int64]) -> Callable[[int], str]:
    """Return a case's number as evidence."""
    return lambda case: str(values[case])


def one_of(words: tuple[str, ...]) -> Callable[[int], str]:
    """Return the words that would have met a rule."""
    return lambda _: "、".join(words)
