"""Graduates in registrars' lists: rolls, the forms of a lot and of a student, and counts (G2, R1)."""

from datetime import date

import pandas as pd
from sqlalchemy import Column, ColumnElement, Connection, select

from models.bulk import read_frame
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.keys import decrypt_ids
from models.lot import Lot
from models.student import Student
from rules.clock import day_in_shanghai
from rules.registry_fields import programme_title
from rules.reports import Asked
from rules.states import CHINESE, Audit, Certificate, Registration

CASES, STUDENTS, SHEETS, LOTS = table_of(Case), table_of(Student), table_of(CertificateSheet), table_of(Lot)
_STUDENT = (
    "centre", "student_no", "name", "sex", "birth_date", "ethnicity", "level", "programme_code", "direction",
    "entry_term", "id_type", "exam_no",
)  # fmt: skip
HEADINGS = {
    "branch": "分部",
    "centre": "学习中心",
    "student_no": "学号",
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "ethnicity": "民族",
    "level": "层次",
    "title": "专业",
    "entry_term": "入学年月",
    "id_type": "证件类型",
    "id_number": "证件号码",
    "exam_no": "考生号",
    "number": "证书编号",
    "branch_finding": "分部审核结论",
    "branch_auditor": "分部审核人",
    "branch_audited_on": "分部审核日期",
    "applied_on": "毕业申请日期",
    "conduct": "思想品德鉴定",
    "study_from": "学习起始",
    "study_to": "学习终止",
}
AGES = ((0, 24, "24岁及以下"), (25, 29, "25至29岁"), (30, 34, "30至34岁"), (35, 39, "35至39岁"),
        (40, 49, "40至49岁"), (50, 200, "50岁及以上"))  # fmt: skip


def of_asked(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a case is of the season, and of the branch if one is asked for."""
    mine = CASES.c.season == asked.season
    return mine & (CASES.c.branch == asked.branch) if asked.branch else mine


def approved(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a case asked for is a graduate's."""
    return of_asked(asked) & (CASES.c.audit == Audit.APPROVED.value)


def case_people(
    db: Connection, where: ColumnElement[bool], asked: Asked, *also: Column[object]
) -> pd.DataFrame:
    """Return the people of some cases by branch, centre and number: case_id, HEADINGS' names, and `also`.

    branch and centre are named as `Asked.units` does; title: the programme as the certificate names it.
    """
    wanted = (
        select(CASES.c.id.label("case_id"), CASES.c.branch, *(STUDENTS.c[name] for name in _STUDENT))
        .add_columns(SHEETS.c.number, *also)
        .join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
        .outerjoin(SHEETS, SHEETS.c.case_id == CASES.c.id)
        .where(where)
        .order_by(CASES.c.branch, STUDENTS.c.centre, STUDENTS.c.student_no)
    )
    return named(read_frame(db, wanted), asked)


def named(people: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Name units and programmes. people: branch, centre, programme_code, direction; title is added."""
    programmes = asked.reference.programmes.drop_duplicates("code").set_index("code")["name"]
    known = people["programme_code"].map(programmes).fillna(people["programme_code"])
    titles = [programme_title(*one) for one in zip(known, people["direction"], strict=True)]
    people["title"] = pd.Series(titles, people.index, dtype=object)
    for unit in ("branch", "centre"):
        people[unit] = people[unit].map(lambda code: asked.units.get(code, code))
    return people


def shown(people: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return case_id and the named columns under their Chinese headings."""
    return people[["case_id", *names]].rename(columns=HEADINGS)


def roll(db: Connection, asked: Asked) -> pd.DataFrame:
    """毕业生名册: every graduate of the season."""
    people = case_people(db, approved(asked), asked)
    said = ("branch", "centre", "student_no", "name", "sex", "birth_date", "ethnicity", "level", "title")
    return shown(people, *said, "entry_term", "number")


def approval_form(db: Connection, asked: Asked) -> pd.DataFrame:
    """毕业生审批表: a lot's graduates with the branch's finding and HQ's (R1, G0)."""
    findings = [CASES.c[name] for name in ("branch_finding", "branch_auditor", "branch_audited_on", "audit")]
    lot = of_asked(asked) & (CASES.c.lot_id == asked.lot)
    people = case_people(db, lot, asked, *findings)
    people["audit"] = people["audit"].map({state.value: zh for state, zh in CHINESE[Audit].items()})
    documents = db.execute(select(LOTS.c.document_no).where(LOTS.c.id == asked.lot)).scalar()
    listed = ("student_no", "name", "sex", "level", "title", "branch_finding", "branch_auditor")
    found = shown(people, *listed, "branch_audited_on", "audit").rename(columns={"audit": "总部审核结论"})
    return found.assign(审批文号=documents or "")


def student_form(db: Connection, asked: Asked) -> pd.DataFrame:
    """毕业生登记表: all that the season knows about one student, to be signed."""
    own = ("applied_on", "conduct", "study_from", "study_to", "branch_finding", "branch_audited_on")
    states = (CASES.c.registration, CASES.c.certificate, STUDENTS.c.id_cipher)
    mine = of_asked(asked) & (STUDENTS.c.student_no == asked.student)
    people = case_people(db, mine, asked, *(CASES.c[name] for name in own), *states)
    people["id_number"] = decrypt_ids(people["id_cipher"].tolist()) if len(people) else []
    for track in (Registration, Certificate):
        words = {state.value: zh for state, zh in CHINESE[track].items()}
        people[track.__name__.lower()] = people[track.__name__.lower()].map(words)
    listed = [name for name in HEADINGS if name != "branch_auditor"]
    tracks = {"registration": "学历注册", "certificate": "毕业证书"}
    return shown(people, *listed, *tracks).rename(columns=tracks)


def counts(db: Connection, asked: Asked) -> pd.DataFrame:
    """毕业生统计表: graduates by branch, programme, sex, age and ethnicity, in columns by level."""
    people = case_people(db, approved(asked), asked)
    people["age"] = [_age_group(born, day_in_shanghai(asked.as_of)) for born in people["birth_date"]]
    groups = {"branch": "分部", "title": "专业", "sex": "性别", "age": "年龄", "ethnicity": "民族"}
    parts = [_by(people, column, said) for column, said in groups.items()]
    return pd.concat(parts, ignore_index=True)


def _by(people: pd.DataFrame, column: str, said: str) -> pd.DataFrame:
    tally = pd.crosstab(people[column], people["level"]).reindex(columns=["本科", "专科"], fill_value=0)
    tally = tally.astype(object).reset_index(names="类别")
    tally["合计"] = tally["本科"] + tally["专科"]
    return pd.DataFrame({"统计项目": said, **{str(name): tally[name] for name in tally.columns}})


def _age_group(born: date, today: date) -> str:
    """Return the age group on a day.

    >>> _age_group(date(1990, 3, 7), date(2020, 3, 6))
    '25至29岁'
    """
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return next(said for first, last, said in AGES if first <= age <= last)
