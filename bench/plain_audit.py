"""The audit once more, slow and obvious: one student at a time, in plain Python, straight from the programme
rules (G0, R1, R3, N8) of January 2020. Nothing of Biye's rules or tasks is used.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Grade = tuple[str, str, int, int, bool]  # course, exam, attempt, score, exempted
Unmet = tuple[str, str]  # code, module or ""
FEWEST_TERMS, VALID_TERMS, THIS_TERM = 5, 16, "201909"
PRACTICE, REMEDIAL = "06", "99"
_GOOD = ("通过", "合格")
_EXEMPT = ("免考", "免试", "免修")
_NOT_ASKED = ("", "无", "不需要", "无需", "无须", "无需补修", "无须补修")
_BAD = ("", "不合格", "不通过", "未通过", "未合格")
_LIFTED = ("", "无", "已解除", "解除", "已撤销", "撤销")


@dataclass(frozen=True)
class Rules:
    """Programmes by code and direction as programmes.yaml has them; courses by id as courses.csv has them."""

    programmes: Mapping[tuple[str, str], dict[str, Any]]
    courses: Mapping[str, dict[str, str]]

    @classmethod
    def of(cls, reference: Path) -> "Rules":
        """Read a reference folder."""
        listed = yaml.safe_load((reference / "programmes.yaml").read_text(encoding="utf-8"))
        with (reference / "courses.csv").open(encoding="utf-8", newline="") as lines:
            courses = {row["课程ID"]: row for row in csv.DictReader(lines)}
        return cls({(one["code"], one.get("direction", "")): one for one in listed}, courses)


@dataclass(frozen=True)
class Person:
    """What is known of one student: cells of roster and audit data by heading, grades, late applications for
    exemption by course, and the term to which the enrolment was extended, if it was.
    """

    roster: Mapping[str, str]
    audit_data: Mapping[str, str]
    grades: Collection[Grade]
    asked_late: Collection[str] = ()
    extended: str = ""


def unmet(person: Person, rules: Rules) -> set[Unmet]:
    """Return everything that a student lacks; nothing means that the audit passes."""
    direction = person.roster["专业方向"].strip("()（）[]［］【】 ")
    programme = rules.programmes.get((person.roster["专业代码"], direction))
    found = set() if programme is None else set(_of_credits(person, programme, rules))
    if programme is None:
        found.add(("G0-unknown-programme", ""))
    found |= {(code, "") for code in _of_enrolment(person, programme or {})}
    found |= {(code, "") for code in _of_audit_data(person, programme or {}, rules)}
    if person.asked_late:
        found |= {("R3-exemption-late", "")} | (set() if found else {("R3-exemption-withdrawable", "")})
    return found


def _passed(person: Person, rules: Rules) -> dict[str, bool]:
    """Return the passed courses, and of each whether nothing but an exemption passes it."""
    passed: dict[str, bool] = {}
    for course, _exam, _attempt, score, exempted in person.grades:
        if exempted and (course in person.asked_late or rules.courses[course]["模块"] == PRACTICE):
            continue
        if score > 59:
            passed[course] = passed.get(course, True) and exempted
    return passed


def _of_credits(person: Person, programme: dict[str, Any], rules: Rules) -> Iterator[Unmet]:
    total = central = exempted = 0
    in_module: defaultdict[str, int] = defaultdict(int)
    central_in_module: defaultdict[str, int] = defaultdict(int)
    for course, only_exempted in _passed(person, rules).items():
        told = rules.courses[course]
        credits, module = int(told["学分"]), told["模块"]
        in_module[module] += credits
        if module == REMEDIAL:  # a condition, no graduation credits
            continue
        total += credits
        exempted += credits if only_exempted else 0
        if told["考试单位类型"] == "1":
            central += credits
            central_in_module[module] += credits
    most = programme["max_exempt_credits"]
    if total - max(exempted - most, 0) < programme["min_credits"]:
        yield "G0-credits", ""
    if central < programme["min_central_credits"]:
        yield "G0-central-credits", ""
    if exempted > most:
        yield "G0-exempted-credits", ""
    for module, least in programme["modules"].items():
        if in_module[module] < least["total"]:
            yield "G0-module-credits", module
        if central_in_module[module] < least["central"]:
            yield "G0-module-central-credits", module


def _of_enrolment(person: Person, programme: dict[str, Any]) -> Iterator[str]:
    if person.roster["学籍状态"] != "在籍":
        yield "G0-not-enrolled"
    if person.roster["处分"] not in _LIFTED:
        yield "G0-discipline"
    terms = _half_years(THIS_TERM) - _half_years(person.roster["入学学期"]) + 1
    if terms < max(FEWEST_TERMS, programme.get("min_terms", 0)):
        yield "G0-too-early"
    if terms > VALID_TERMS and person.extended < THIS_TERM:
        yield "N8-validity-over"


def _half_years(term: str) -> int:
    return int(term[:4]) * 2 + (term[4:] == "09")


def _of_audit_data(person: Person, programme: dict[str, Any], rules: Rules) -> Iterator[str]:
    said = person.audit_data
    if said["思想品德鉴定"] in _BAD:
        yield "G0-conduct-appraisal"
    if said["补修结果"] not in (*_NOT_ASKED, *_GOOD, *_EXEMPT) and not _passed_remedial(person, rules):
        yield "G0-remedial-courses"
    if programme.get("needs_unified_exam") and said["统考结果"] not in (*_GOOD, *_EXEMPT):
        yield "G0-unified-exam"
    if said["前置学历核验"] not in _GOOD:
        yield "G0-prior-credential"
    if said["分部审核结论"] not in (*_GOOD, "同意"):
        yield "R1-branch-finding"


def _passed_remedial(person: Person, rules: Rules) -> bool:
    own = {grade[0] for grade in person.grades if rules.courses[grade[0]]["模块"] == REMEDIAL}
    return bool(own) and own <= _passed(person, rules).keys()
