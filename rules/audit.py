"""The audit (毕业审核): who meets the conditions of graduation (G0), and for everybody else every unmet rule.

Columns in, columns out: a lot is a table, a single case is a table of one row. Nothing is guessed: what is
empty is not met, and each unmet rule says what was needed and what was found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.audit_rule import EMPTY, Rule, Unmet, collect_unmet, number, one_of
from rules.credits import Credits, count_credits
from rules.exemption import late_applications, late_rules, without_exempted
from rules.grade_rows import GradeRows
from rules.majors import bare_direction
from rules.order import order_keys
from rules.photo_gate import photo_rules
from rules.reference import PRACTICE_MODULE, Reference
from rules.season import Pack
from rules.terms import last_term_of, term_text, terms_studied

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ENROLLED = ("在籍",)
FAVOURABLE = ("通过", "合格")
EXEMPT = ("免考", "免试", "免修")
NOT_FAVOURABLE = ("不合格", "不通过", "未通过", "未合格")
NO_REMEDIAL = ("", "无", "不需要", "无需", "无须", "无需补修", "无须补修")
LIFTED = ("", "无", "已解除", "解除", "已撤销", "撤销")


@dataclass(frozen=True)
class _Audit:
    """The cases of one audit with what is known of them; row i everywhere is case i."""

    cases: pd.DataFrame
    reference: Reference
    pack: Pack
    credits: Credits
    programme: Ints  # place in the programmes, -1 if unknown

    def minima(self, column: str) -> Ints:
        """Return a programme column for each case; 0 where the programme is unknown."""
        return self.reference.curriculum.of_programme[column][self.programme]

    @cached_property
    def module_minima(self) -> Ints:
        """Least credits, cases × modules."""
        return self.reference.curriculum.module_minima[self.programme]

    @cached_property
    def module_central_minima(self) -> Ints:
        """Least centrally examined credits, cases × modules."""
        return self.reference.curriculum.module_central_minima[self.programme]

    @cached_property
    def facts(self) -> dict[str, list[Any]]:
        """What is known of each case, by column."""
        return dict(zip(self.cases.columns, self.cases.to_numpy(dtype=object).T.tolist(), strict=True))

    @cached_property
    def demands_remedial(self) -> Mask:
        """Who must take remedial courses (补修) and is not yet said to have done so."""
        return ~self.among("remedial", NO_REMEDIAL + FAVOURABLE + EXEMPT)

    def among(self, column: str, words: tuple[str, ...]) -> Mask:
        """Return whose word in a column is one of these."""
        known = frozenset(words)
        return np.array([value in known for value in self.facts[column]], dtype=bool)

    def word(self, column: str) -> Callable[[int], str]:
        """Return what a case says in a column, as evidence."""
        values = self.facts[column]
        return lambda case: str(values[case]) or EMPTY


def audit_cases(
    cases: pd.DataFrame,
    grades: GradeRows,
    reference: Reference,
    pack: Pack,
    applications: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the decision on each case, with the index of `cases`.

    cases: student_id, programme_code, direction, entry_term, status, discipline, conduct, unified_exam,
    remedial, prior_credential, branch_finding, applied_on, photo_linked_on, branch_audited_on,
    photo_received_at, audit_received_at, audit_submission, audit_row, extended_to (the last term of an
    approved extension, None for none).
    applications: for exemption (R3): student_id, course_id, received_at, withdrawn; None: none.
    Result: passed, unmet (list), credits, central_credits, exempted_credits; and for who passed the FIFO key
    order_at (UTC), order_receipt, order_row (N3), else NaT, -1, -1.
    """
    late = None if applications is None else late_applications(applications, pack)
    if late is not None and not late.empty:
        grades = without_exempted(grades, late)
    programme = _programmes(cases, reference)
    credits = count_credits(
        cases["student_id"].to_numpy(np.int64),
        reference.curriculum.of_programme["max_exempt_credits"][programme],
        grades,
        reference,
        pack.audit.pass_above,
    )
    audit = _Audit(cases, reference, pack, credits, programme)
    unmet = collect_unmet(_rules(audit))
    if late is not None and not late.empty:
        _add_late(unmet, late, audit)
    passed = _met(unmet, len(cases))
    decided = {
        "passed": passed,
        "unmet": _by_case(unmet, len(cases)),
        "credits": credits.total,
        "central_credits": credits.central,
        "exempted_credits": credits.exempted,
    }
    return pd.DataFrame(decided | _keys(audit, passed), index=cases.index)


def _met(unmet: dict[int, list[Unmet]], count: int) -> Mask:
    """Return which of so many cases meet every rule."""
    met = np.ones(count, dtype=bool)
    met[np.fromiter(unmet, dtype=np.int64, count=len(unmet))] = False
    return met


def _by_case(unmet: dict[int, list[Unmet]], count: int) -> npt.NDArray[np.object_]:
    """Return the unmet rules of each of so many cases; who meets every rule shares one empty list."""
    listed = np.empty(count, dtype=object)
    listed.fill([])
    for case, rules in unmet.items():
        listed[case] = rules
    return listed


def _add_late(unmet: dict[int, list[Unmet]], late: pd.DataFrame, audit: _Audit) -> None:
    """Add what late exemption applications mean (R3), which hangs on all other rules."""
    met = _met(unmet, len(audit.cases))
    more = collect_unmet(late_rules(audit.cases["student_id"], late, met, audit.pack))
    unmet.update({case: unmet.get(case, []) + rules for case, rules in more.items()})


def _programmes(cases: pd.DataFrame, reference: Reference) -> Ints:
    """Return the place of each case's programme, -1 where the reference lacks its code and direction."""
    known = reference.curriculum.programme_places
    written = list(zip(cases["programme_code"].tolist(), cases["direction"].tolist(), strict=True))
    found = {one: known.get((one[0], bare_direction(one[1])), -1) for one in set(written)}
    return np.fromiter(map(found.__getitem__, written), dtype=np.int64, count=len(written))


def _rules(audit: _Audit) -> Iterator[Rule]:
    yield from _programme_rules(audit)
    yield from _module_rules(audit)
    yield from _enrolment_rules(audit)
    yield from _appraisal_rules(audit)
    yield from photo_rules(audit.cases, audit.pack.photo_gate)


def _programme_rules(audit: _Audit) -> Iterator[Rule]:
    credits = audit.credits
    code, direction = audit.word("programme_code"), audit.facts["direction"]
    yield Rule(
        "G0-unknown-programme",
        audit.programme < 0,
        lambda _: "专业规则",
        lambda case: f"{code(case)} {direction[case]}".strip(),
    )
    least, central = audit.minima("min_credits"), audit.minima("min_central_credits")
    yield Rule("G0-credits", credits.total < least, number(least), number(credits.total))
    yield Rule("G0-central-credits", credits.central < central, number(central), number(credits.central))
    most = audit.minima("max_exempt_credits")
    exceeded = (credits.exempted > most) & (audit.programme >= 0)
    yield Rule("G0-exempted-credits", exceeded, number(most), number(credits.exempted))


def _module_rules(audit: _Audit) -> Iterator[Rule]:
    credits = audit.credits
    for place, module in enumerate(credits.modules):
        total, central = credits.module_total[:, place], credits.module_central[:, place]
        least, least_central = audit.module_minima[:, place], audit.module_central_minima[:, place]
        found = _practice(credits, total) if module == PRACTICE_MODULE else number(total)
        details = {"module": module}
        yield Rule("G0-module-credits", total < least, number(least), found, details)
        short = central < least_central
        yield Rule("G0-module-central-credits", short, number(least_central), number(central), details)


def _practice(credits: Credits, total: Ints) -> Callable[[int], str]:
    """Say also what is not counted: comprehensive practice can never be exempted."""

    def found(case: int) -> str:
        exempted = credits.practice_exempted[case]
        return f"{total[case]}（另有免修免考 {exempted}，不计入）" if exempted else str(total[case])

    return found


def _enrolment_rules(audit: _Audit) -> Iterator[Rule]:
    pack, entry = audit.pack, audit.word("entry_term")
    yield Rule("G0-not-enrolled", ~audit.among("status", ENROLLED), one_of(ENROLLED), audit.word("status"))
    if pack.audit.no_disciplinary_action:
        yield Rule(
            "G0-discipline", ~audit.among("discipline", LIFTED), one_of(("无",)), audit.word("discipline")
        )
    terms, now = terms_studied(audit.facts["entry_term"], pack.season), last_term_of(pack.season)
    least = np.maximum(audit.minima("min_terms"), pack.audit.minimum_terms)
    yield Rule("G0-too-early", terms < least, lambda case: term_text(int(now + 1 - least[case])), entry)
    valid = pack.validity.terms
    over = (terms > valid) & ~_at_least(audit.facts["extended_to"], term_text(now))
    yield Rule("N8-validity-over", over, lambda _: term_text(now + 1 - valid), entry)


def _at_least(terms: list[Any], least: str) -> Mask:
    """Return which terms are this one or later; who has none has none as late."""
    return np.array([isinstance(term, str) and term >= least for term in terms], dtype=bool)


def _appraisal_rules(audit: _Audit) -> Iterator[Rule]:
    """What the branch reported: each switched on or off by the pack, but for its own finding (R1)."""
    switches = audit.pack.audit
    if switches.conduct_appraisal:
        bad = audit.among("conduct", ("", *NOT_FAVOURABLE))
        yield Rule("G0-conduct-appraisal", bad, one_of(("合格",)), audit.word("conduct"))
    if switches.remedial_courses:
        yield Rule(
            "G0-remedial-courses",
            _lacks_remedial(audit),
            one_of((*FAVOURABLE, "补修课程均及格")),
            audit.word("remedial"),
        )
    if switches.unified_exam:
        needs = audit.minima("needs_unified_exam") > 0
        bad = needs & ~audit.among("unified_exam", FAVOURABLE + EXEMPT)
        yield Rule("G0-unified-exam", bad, one_of((*FAVOURABLE, "免考")), audit.word("unified_exam"))
    if switches.prior_credential:
        bad = ~audit.among("prior_credential", FAVOURABLE)
        yield Rule("G0-prior-credential", bad, one_of(FAVOURABLE), audit.word("prior_credential"))
    bad = ~audit.among("branch_finding", ("通过",))
    yield Rule("R1-branch-finding", bad, one_of(("通过",)), audit.word("branch_finding"))


def _lacks_remedial(audit: _Audit) -> Mask:
    """Passed remedial courses meet the demand as well, when no other one stands failed."""
    return audit.demands_remedial & ~_passed_remedial(audit)


def _passed_remedial(audit: _Audit) -> Mask:
    passed: Mask = (audit.credits.remedial_passed > 0) & (audit.credits.remedial_failed == 0)
    return passed


def _keys(audit: _Audit, passed: Mask) -> dict[str, Any]:
    """Return the FIFO key of each passed case (N3)."""
    facts = audit.facts
    minima = (
        audit.minima("min_credits"),
        audit.minima("min_central_credits"),
        audit.module_minima,
        audit.module_central_minima,
    )
    demanded = audit.demands_remedial & audit.pack.audit.remedial_courses
    data = (
        _microseconds(facts["audit_received_at"]),
        np.array(facts["audit_submission"], dtype=np.int64),
        np.array(facts["audit_row"], dtype=np.int64),
    )
    at, receipt, row = order_keys(audit.credits, minima, demanded, data)
    instants = np.where(passed, at.astype("datetime64[us]"), np.datetime64("NaT"))
    return {
        "order_at": pd.DatetimeIndex(instants, tz="UTC"),
        "order_receipt": np.where(passed, receipt, -1),
        "order_row": np.where(passed, row, -1),
    }


def _microseconds(instants: list[datetime]) -> Ints:
    """Return instants as microseconds since 1970, UTC; many cases share few of them."""
    known = {at: round(at.timestamp() * 1_000_000) for at in set(instants)}
    return np.array([known[at] for at in instants], dtype=np.int64)
