"""Reference data: organisations, programmes with their minima, courses and score codes, as one versioned set.

A set is five files (plans.csv may be missing). Their bytes give the version that every decision names.

Exempted grades (免修免考) are rows of a score sheet whose 考试类别代码 is EXEMPTION_EXAM_CATEGORY. They count
like other grades, up to the programme's `max_exempt_credits`; comprehensive practice (module 06) can never be
exempted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from rules.curriculum import Curriculum
    from rules.custody import Tree

EXEMPTION_EXAM_CATEGORY = "90"  # 考试类别代码 of a grade that stands for an exemption
CENTRAL_UNIT = 1  # examining unit: 1 central (总部), 2 provincial (分部)
PRACTICE_MODULE = "06"  # 综合实践
REMEDIAL_MODULE = "99"  # 补修
HQ = "010"
REQUIRED_FILES = ("organisations.csv", "programmes.yaml", "courses.csv", "score-codes.csv")
REFERENCE_FILES = (*REQUIRED_FILES, "plans.csv")


@dataclass(frozen=True)
class Reference:
    """One version of the reference data; `version` is the SHA-256 of its files.

    organisations: code, name, parent ("" for HQ), level (hq, branch, college, local-college, study-centre),
        pilot (bool).
    programmes: programme_id (row order), code, direction ("" if none), name, level (本科, 专科), min_credits,
        min_central_credits, max_exempt_credits, school_years (float), min_terms, needs_unified_exam (bool).
    modules: programme_id, module (two digits), min_credits, min_central_credits.
    courses: course_id (int), name, module, unit (1 central, 2 provincial), credits, term.
    score_codes: code, score (0 … 100).
    plans: programme_id, course_id; the usual courses of a programme, empty if no plan is given.
    """

    version: str
    organisations: pd.DataFrame
    programmes: pd.DataFrame
    modules: pd.DataFrame
    courses: pd.DataFrame
    score_codes: pd.DataFrame
    plans: pd.DataFrame

    @cached_property
    def tree(self) -> Tree:
        """Return the organisations as a tree."""
        from rules.custody import Tree

        return Tree.of(self.organisations)

    @cached_property
    def curriculum(self) -> Curriculum:
        """Return programmes and courses as arrays."""
        from rules.curriculum import Curriculum

        return Curriculum(self.programmes, self.modules, self.courses)

    @cached_property
    def scores(self) -> dict[str, int]:
        """Score by code."""
        return dict(zip(self.score_codes["code"], self.score_codes["score"].astype(int), strict=True))

    @cached_property
    def course_modules(self) -> dict[int, str]:
        """Module by course."""
        return dict(zip(self.courses["course_id"].astype(int), self.courses["module"], strict=True))

    @cached_property
    def programme_names(self) -> dict[str, str]:
        """Printed name by programme code."""
        first = self.programmes.drop_duplicates("code")
        return dict(zip(first["code"], first["name"], strict=True))


def reference_version(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over the names and bytes of a set's files."""
    digest = hashlib.sha256()
    for name in sorted(set(files) & set(REFERENCE_FILES)):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def parent_of(code: str, codes: Iterable[str]) -> str | None:
    """Return the longest existing prefix of an organisation's code; a reporting unit's parent is HQ.

    >>> parent_of("1300101", ["010", "130", "13001"])
    '13001'
    """
    if code == HQ:
        return ""
    known = set(codes)
    prefixes = (code[:length] for length in range(len(code) - 1, 2, -1))
    return next(
        (prefix for prefix in prefixes if prefix in known), HQ if len(code) == 3 and HQ in known else None
    )
