"""The registrars' reports on a played season: every total agrees with the tables (G2, N5)."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import ColumnElement, func, insert, select, update

from models.case import Case, Decision, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from models.event import EVENTS
from models.lot import Approval
from models.student import Student
from models.urgent import UrgentCase, UrgentList, UrgentRequest
from rules.refusals import Refused
from rules.reports import Asked
from rules.sheets import SpoilReason
from tasks.custody import scan
from tasks.policy import current_reference, season_pack
from tasks.reports import REPORTS, Made, make_report
from tasks.spoil import spoil
from tests.played_season import DONE, SEASON, STUDENTS, at
from tests.rules.policy_packs import pack_with

CASES, ROSTER, HOLDS, DECISIONS = (table_of(one) for one in (Case, Student, Hold, Decision))
PACKAGES, SHEETS = table_of(Package), table_of(CertificateSheet)
MAKER = "李制表"


@pytest.fixture
def asked(played: Path) -> Asked:
    """All units of the played season, as of 2020-01-21."""
    return Asked(season_pack(SEASON), current_reference(), DONE)


def made(name: str, asked: Asked, pdf: bool = False) -> Made:
    return make_report(name, asked, MAKER, DONE, pdf)


def lines(report: Made) -> list[list[object]]:
    """The lines of a report's workbook."""
    return CalamineWorkbook.from_filelike(BytesIO(report.content)).get_sheet_by_index(0).to_python()


def table(name: str, asked: Asked) -> list[dict[str, object]]:
    """The rows of a report by heading; what stands around them is checked on the way."""
    report = made(name, asked)
    (title, *_), (about, *_), headings, *body = lines(report)
    (total, *_), (signed, *_) = body[-2:]
    assert (title, report.title) == (REPORTS[name].zh, REPORTS[name].zh)
    assert str(about).startswith("2020-01 季")
    assert str(total).startswith(f"合计 {len(body) - 2} 条")
    assert str(signed).startswith(f"制表人：{MAKER}")
    assert "审核人：" in str(signed)
    assert f"日期：2020年{asked.as_of.month}月{asked.as_of.day}日" in str(signed)
    assert report.rows == len(body) - 2
    return [dict(zip(map(str, headings), row, strict=True)) for row in body[:-2]]


def count(*where: ColumnElement[bool]) -> int:
    with reading() as db:
        return int(db.scalar(select(func.count()).select_from(CASES).where(*where)) or 0)


def pages(report: Made) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(report.content)).pages]


APPROVED = CASES.c.audit == "approved"


def test_the_list_to_sign_has_every_certificate_that_left_hq_by_study_centre(asked: Asked) -> None:
    """N5: with room for both signatures."""
    rows = table("sign-off", asked)
    assert len(rows) == count(CASES.c.custody.in_(["at-centre", "handed-over"])) > 0
    with reading() as db:
        sent = set(db.scalars(select(SHEETS.c.number).where(SHEETS.c.package_id.is_not(None))))
    assert {row["证书编号"] for row in rows} == sent
    assert {row["证书无误签名"] for row in rows} == {""}


def test_the_signed_list_is_a_pdf_of_a_page_a_centre(asked: Asked) -> None:
    """N5: its text can be read, its total is the centre's."""
    report = made("sign-off", asked, pdf=True)
    texts = pages(report)
    with reading() as db:
        counted = select(PACKAGES.c.centre, func.sum(PACKAGES.c.certificates)).group_by(PACKAGES.c.centre)
        by_centre = {centre: int(number) for centre, number in db.execute(counted)}
    assert len(texts) == len(by_centre)
    for centre, text in zip(sorted(by_centre), texts, strict=True):
        assert centre in text
        assert f"合计{by_centre[centre]}条，{by_centre[centre]}人" in text
        for words in ("毕业证书领取签收表", "学信网信息无误签名", "审核人：", "第1页共1页"):
            assert words in text
        assert f"制表人：{MAKER}" in text


def test_who_did_not_pass_is_listed_with_every_reason(asked: Asked) -> None:
    """G0."""
    rows = table("failed", asked)
    with reading() as db:
        wanted = select(DECISIONS.c.unmet).join(CASES, CASES.c.decision_id == DECISIONS.c.id)
        unmet = db.scalars(wanted.where(CASES.c.audit == "failed")).all()
    assert len(rows) == sum(map(len, unmet)) > 0
    assert len({row["学号"] for row in rows}) == count(CASES.c.audit == "failed")
    assert all(row["未达要求"] and row["办法"] and row["条款"] for row in rows)


def test_where_the_branch_passed_and_hq_did_not_is_a_list_of_its_own(asked: Asked) -> None:
    """R1."""
    with transaction() as db:
        one = db.scalar(select(CASES.c.id).where(CASES.c.audit == "failed").limit(1))
        db.execute(update(CASES).where(CASES.c.id == one).values(branch_finding="不通过"))
    listed = {row["学号"] for row in table("branch-passed", asked)}
    assert len(listed) == count(CASES.c.audit == "failed", CASES.c.branch_finding == "通过")
    assert len({row["学号"] for row in table("failed", asked)} - listed) == 1


def test_the_registry_account_agrees_in_every_line(asked: Asked) -> None:
    """T4: approved = sent = accepted + rejected + pending."""
    with transaction() as db:
        one = db.scalar(select(CASES.c.id).where(APPROVED).limit(1))
        db.execute(update(CASES).where(CASES.c.id == one).values(registration="rejected"))
    rows = table("registry", asked)
    assert {row["核对"] for row in rows} == {"相符"}
    for heading, where in (
        ("审批人数", APPROVED),
        ("注册成功", CASES.c.registration == "accepted"),
        ("被退回", CASES.c.registration == "rejected"),
        ("待反馈", CASES.c.registration == "sent"),
    ):
        assert sum(int(str(row[heading]).partition(".")[0]) for row in rows) == count(where)
    (row,) = rows
    assert row["已上报"] == row["注册成功"] + row["被退回"] + row["待反馈"] == row["审批人数"]  # type: ignore[operator]


def test_a_registry_account_that_does_not_agree_says_so(asked: Asked) -> None:
    with transaction() as db:
        db.exec_driver_sql("UPDATE lot SET cases = cases + 1")
    assert {row["核对"] for row in table("registry", asked)} == {"不符"}


def test_missing_photos_are_listed_by_study_centre(asked: Asked) -> None:
    """R1, N7."""
    rows = table("no-photo", asked)
    assert len(rows) == count(CASES.c.photo_submission.is_(None)) > 0
    assert next(iter(rows[0])) == "学习中心"


def test_the_roll_has_every_graduate_once_and_the_counts_count_them(asked: Asked) -> None:
    """G0: by branch, programme, sex, age and ethnicity each sum is the number of graduates."""
    roll, counts = table("roll", asked), table("counts", asked)
    assert len(roll) == len({row["学号"] for row in roll}) == count(APPROVED)
    for part in ("分部", "专业", "性别", "年龄", "民族"):
        mine = [row for row in counts if row["统计项目"] == part]
        assert sum(row["合计"] for row in mine) == len(roll)  # type: ignore[misc]
        assert all(row["合计"] == row["本科"] + row["专科"] for row in mine)  # type: ignore[operator]


def test_the_approval_form_of_a_lot_shows_both_findings_and_the_document(asked: Asked) -> None:
    """R1: the branch's finding, HQ's, and the approval's number."""
    rows = table("approval-form", replace(asked, lot=1))
    assert len(rows) == count(CASES.c.lot_id == 1)
    assert {row["审批文号"] for row in rows} == {"审〔2020〕1号"}
    assert {(row["分部审核结论"], row["总部审核结论"]) for row in rows} == {("通过", "已审批")}


def test_a_student_s_form_is_one_page_with_everything_to_check(asked: Asked) -> None:
    with reading() as db:
        wanted = select(ROSTER.c.student_no, ROSTER.c.name, SHEETS.c.number).join_from(
            ROSTER, CASES, CASES.c.student_id == ROSTER.c.id
        )
        wanted = wanted.join(SHEETS, SHEETS.c.case_id == CASES.c.id).where(CASES.c.custody == "at-centre")
        student = db.execute(wanted.limit(1)).one()
    (text,) = pages(made("student-form", replace(asked, student=student.student_no)))
    for words in (student.student_no, student.name, student.number, "999999", "注册成功", "学生签名"):
        assert words in text


def test_gaps_are_listed_person_by_person_with_cause_and_owner(asked: Asked) -> None:
    """N5."""
    rows = table("gaps", asked)
    assert len(rows) == STUDENTS - count(CASES.c.custody == "handed-over")
    assert all(row["原因"] and row["责任方"] and row["责任单位"] for row in rows)


def test_late_promises_are_listed_with_clause_and_owner(asked: Asked) -> None:
    """R2, G3: nothing is late before its day."""
    late = table("overdue", replace(asked, as_of=at("2020-05-20T09:00")))
    assert {"R2", "G3"} <= {row["条款"] for row in late}
    assert all(row["责任单位"] and row["到期"] for row in late)
    assert len(table("overdue", asked)) < len(late)


def test_a_package_seen_at_the_wrong_place_and_a_lost_one_stand_in_the_ledger(asked: Asked) -> None:
    """N9: 误投、遗失."""
    assert table("misrouted", asked) == []
    with reading() as db:
        code, centre = db.execute(select(PACKAGES.c.code, PACKAGES.c.centre).limit(1)).one()
    other = next(one for one in ("1100301", "1100401") if one != centre)
    scan(code, other, False, DONE, "扫码员", current_reference())
    (row,) = table("misrouted", asked)
    assert (row["类型"], row["证书包"]) == ("误投", code)
    assert str(row["登记单位"]).startswith(other)


def test_a_spoiled_sheet_stands_in_the_ledger_until_and_after_it_is_printed_again(asked: Asked) -> None:
    """N5: 作废台账."""
    assert table("spoiled", asked) == []
    with reading() as db:
        number = db.scalar(select(SHEETS.c.number).where(SHEETS.c.package_id.is_not(None)).limit(1))
    spoil(str(number), SpoilReason.MISPRINT, "钱印", DONE, sheet_no="A0001")
    (row,) = table("spoiled", asked)
    assert (row["类型"], row["证书编号"], row["纸张号"]) == ("作废", number, "A0001")
    assert (row["原因"], row["已补印"], row["经办人"]) == ("打印错误", "否", "钱印")
    with transaction() as db:
        db.execute(update(SHEETS).where(SHEETS.c.number == number).values(sheet=2))
    assert [row["已补印"] for row in table("spoiled", asked)] == ["是"]


def test_urgent_students_are_listed_with_request_and_approval(asked: Asked) -> None:
    """N4."""
    assert table("urgent", asked) == []
    with transaction() as db:
        case = db.execute(select(CASES).where(CASES.c.audit == "failed").limit(1)).one()
        lists = insert(table_of(UrgentList)).returning(table_of(UrgentList).c.id)
        made_list = db.scalar(lists.values(season=SEASON, reason="出国", created_at=DONE))
        db.execute(insert(table_of(UrgentCase)).values(list_id=made_list, case_id=case.id))
        row = {"season": SEASON, "student_id": case.student_id, "branch": case.branch, "reason": "出国"}
        receipt = {"submission_id": case.audit_submission, "row": 1, "received_at": at("2020-01-10T09:00")}
        db.execute(insert(table_of(UrgentRequest)).values(**row, **receipt))
        listed = {"season": SEASON, "kind": "urgent-case", "subject_id": made_list, "count": 1}
        decided = {"state": "approved", "decided_by": "王审核", "decided_at": DONE, "note": ""}
        proposed = {"frozen_hash": "", "summary": {}, "proposer": "李", "proposed_at": DONE}
        db.execute(insert(table_of(Approval)).values(**listed, **decided, **proposed))
    (found,) = table("urgent", asked)
    assert (found["理由"], found["批准人"], found["分部申请日期"]) == ("出国", "王审核", "2020-01-10")
    with pytest.raises(Refused, match="report-off"):
        made("urgent", replace(asked, pack=pack_with(urgent=None)))


def test_what_waits_for_a_seal_is_listed_by_partner_university(asked: Asked) -> None:
    """N2."""
    rows = table("to-seal", asked)
    with reading() as db:
        wanted = select(HOLDS.c.detail).where(HOLDS.c.reason == "partner-seal", HOLDS.c.released_at.is_(None))
        assert sorted(str(row["合作高校"]) for row in rows) == sorted(db.scalars(wanted))


def test_a_season_without_partner_universities_says_so(asked: Asked) -> None:
    with pytest.raises(Refused, match="report-off"):
        made("to-seal", replace(asked, pack=pack_with(partner_seal=[])))


def test_covers_are_summed_beside_the_graduates(asked: Asked) -> None:
    """N6: a season without covers says so."""
    rows = table("covers", asked)
    assert sum(int(str(row["毕业生人数"]).partition(".")[0]) for row in rows) == count(APPROVED)
    with pytest.raises(Refused, match="report-off"):
        made("covers", replace(asked, pack=pack_with(covers=None)))


def test_the_contact_list_names_the_office_and_every_reporting_unit(asked: Asked) -> None:
    """V1."""
    found = {row["项目或代码"]: row["内容"] for row in table("contacts", asked)}
    office = asked.pack.contacts
    assert found["主管部门"] == office.office
    assert (found["电话"], found["邮政编码"]) == (office.telephone, office.postcode)
    units = asked.reference.organisations
    assert set(units.loc[units["level"] == "branch", "code"]) <= set(found)


def made_events() -> Iterator[tuple[str, str]]:
    with reading() as db:
        for row in db.execute(select(EVENTS).where(EVENTS.c.kind == "report-made")):
            yield row.actor, str(row.data)


@pytest.mark.parametrize("name", [name for name, one in REPORTS.items() if not one.needs])
def test_every_report_is_made_as_workbook_and_logged_if_it_has_personal_data(asked: Asked, name: str) -> None:
    """G2, N5: who, which and how many, but nobody's number in the log; of another unit it is empty."""
    report = made(name, asked)
    logged = list(made_events())
    assert bool(logged) == REPORTS[name].personal
    for actor, data in logged:
        assert (actor, name in data) == (MAKER, True)
        assert f"'rows': {report.rows}" in data
    if name not in ("contacts", "counts"):
        assert made(name, replace(asked, branch="130")).rows == 0


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("nothing", {}, "report-unknown"),
        ("approval-form", {}, "report-needs"),
        ("approval-form", {"lot": 99}, "report-nobody"),
        ("student-form", {"student": "1700000000000"}, "report-nobody"),
        ("roll", {"branch": "999"}, "N9-unknown-organisation"),
    ],
)
def test_what_cannot_be_made_is_refused(
    asked: Asked, name: str, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        made(name, replace(asked, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert list(made_events()) == []


def test_nobody_without_a_name_makes_a_report(asked: Asked) -> None:
    with pytest.raises(Refused, match="unmasked-nameless"):
        make_report("roll", asked, "  ", DONE)
    assert list(made_events()) == []


def test_a_report_is_known_by_its_chinese_name_too(asked: Asked) -> None:
    assert made("毕业生统计表", asked).rows == made("counts", asked).rows
