"""What a unit says of its graduates: roster, score sheets, audit data and certificate data as sheets."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from biye.sandbox.grades import Grades
from biye.sandbox.sheets import Column, Sheet
from rules.reference import Reference

NOW_TERM = 2019 * 2 + 1  # autumn 2019, counted in half years
_AUDITORS = ("周敏华", "郑国平", "孙晓云")


def roster_sheet(students: pd.DataFrame) -> Sheet:
    """Return 学籍信息 of some students."""
    columns = {
        "学号": "student_no", "姓名": "name", "性别": "sex", "出生日期": "birth", "民族": "ethnicity",
        "证件类型": "id_type", "证件号": "id_number", "考生号": "exam_no", "层次": "level",
        "专业代码": "code",
        "专业方向": "direction", "入学学期": "entry_term", "教学点代码": "centre", "学籍状态": "status",
        "处分": "discipline",
    }  # fmt: skip
    return _columns(students, columns)


def score_sheet(reference: Reference, students: pd.DataFrame, grades: Grades, *, history: bool) -> Sheet:
    """Return grades as a score sheet; the history has its term (学期), other sheets are of this term."""
    terms = _terms(students, grades) if history else np.full(len(grades.student), NOW_TERM)
    course = grades.course
    ids = np.array([f"{course_id:05d}" for course_id in reference.courses["course_id"]], dtype=object)
    units = reference.courses["unit"].astype(str).to_numpy(dtype=object)
    paper = np.array([str(4000 + place) for place in range(len(ids))], dtype=object)
    sheet: Sheet = {
        "学号": students["student_no"].to_numpy(dtype=object)[grades.student],
        "课程ID": ids[course],
        "考试代码": _named(terms, lambda half: f"{half // 2 + half % 2}{'01' if half % 2 else '07'}"),
        "考试类别代码": grades.category,
        "试卷号": paper[course],
        "试卷成绩代码": grades.score,
        "形考成绩代码": grades.score,
        "形考比例": np.where(course % 2 == 0, "30", "50").astype(object),
        "综合成绩代码": grades.score,
        "教学点代码": students["centre"].to_numpy(dtype=object)[grades.student],
        "考试单位类型": units[course],
        "考试次数": np.array(["0", "1", "2", "3"], dtype=object)[grades.attempt],
    }
    return sheet | {"学期": _named(terms, _term_text)} if history else sheet


def _terms(students: pd.DataFrame, grades: Grades) -> npt.NDArray[np.int64]:
    """Return the half year of each grade, by entry, plan and attempt, at latest this autumn."""
    entry = pd.to_numeric(students["entry_term"]).to_numpy()
    entered = (entry // 100) * 2 + (entry % 100 == 9)
    half = entered[grades.student] + grades.term - 1 + (grades.attempt - 1)
    return np.asarray(np.minimum(half, NOW_TERM), dtype=np.int64)


def _term_text(half: int) -> str:
    return f"{half // 2}{'09' if half % 2 else '03'}"


def _named(values: npt.NDArray[np.int64], name: Callable[[int], str]) -> Column:
    different, places = np.unique(values, return_inverse=True)
    return np.array([name(int(value)) for value in different], dtype=object)[places]


def audit_sheet(students: pd.DataFrame, received: datetime) -> Sheet:
    """Return 毕业审核数据; the branch has looked a few days before it sends, and passes nearly everybody."""
    fate, undergraduate = students["fate"], students["level"] == "本科"
    applied = (received - timedelta(days=9)).date().isoformat()
    linked = (received - timedelta(days=14)).date().isoformat()
    by_number = pd.to_numeric(students["student_no"]) % 100
    unified = np.where(fate == "unified-exam-missing", "未通过", np.where(by_number < 20, "免考", "通过"))
    remedial = np.where(undergraduate & (by_number < 10), "通过", "")
    return _columns(students, {"学号": "student_no", "姓名": "name", "证件号": "id_number"}) | {
        "申请日期": _all(students, applied),
        "照片关联日期": np.where(has_photo(students), linked, "").astype(object),
        "思想品德鉴定": np.where(fate == "no-conduct-appraisal", "", "合格").astype(object),
        "统考结果": np.where(undergraduate, unified, "").astype(object),
        "补修结果": np.where(fate == "remedial-missing", "未通过", remedial).astype(object),
        "前置学历核验": np.where(fate == "prior-credential-unverified", "未通过", "通过").astype(object),
        "专升本": _all(students, "否"),
        "分部审核结论": np.where(fate == "branch-did-not-pass", "不通过", "通过").astype(object),
        "审核人": np.array(_AUDITORS, dtype=object)[students["place"].to_numpy() % len(_AUDITORS)],
        "审核日期": _all(students, (received - timedelta(days=3)).date().isoformat()),
    }


def certificate_sheet(students: pd.DataFrame, partners: dict[tuple[str, str, str], str]) -> Sheet:
    """Return 毕业颁证数据; partners: level, programme, direction → partner university (N2)."""
    columns = {"学号": "student_no", "姓名": "name", "性别": "sex", "出生日期": "birth",
               "专业名称": "programme",
               "专业方向": "direction", "层次": "level"}  # fmt: skip
    keys = zip(students["level"], students["programme"], students["direction"], strict=True)
    period = "20" + students["student_no"].str[:2] + students["entry_term"].str[4:] + "-202001"
    return _columns(students, columns) | {
        "学习起止年月": period.to_numpy(dtype=object),
        "学制": students["school_years"].map("{:g}".format).to_numpy(dtype=object),
        "合作高校": np.array([partners.get(key, "") for key in keys], dtype=object),
    }


def has_photo(students: pd.DataFrame) -> pd.Series:
    """Return who has a photo when the audit data is sent."""
    return ~students["fate"].isin(("photo-late", "photo-never"))


def _columns(students: pd.DataFrame, columns: dict[str, str]) -> Sheet:
    return {heading: students[name].to_numpy(dtype=object) for heading, name in columns.items()}


def _all(students: pd.DataFrame, text: str) -> Column:
    return np.full(len(students), text, dtype=object)
