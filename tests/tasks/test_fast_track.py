"""T3 in the database: a lane of its own from the file to the list for admissions, overtaking nobody."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select, update

import tasks.audit
from models.columns import table_of
from models.database import reading, transaction
from models.lot import Lot
from rules.clock import SHANGHAI
from rules.order import lots_in_order
from rules.refusals import Refused
from rules.season import Pack
from tasks.approval import approvals, approve
from tasks.audit import CASES, STUDENTS, audit_lot
from tasks.certificate import print_lot
from tasks.dispatch import send_lot
from tasks.fast_track import fast_track_list, fast_track_workbook
from tasks.grades_store import store_grades
from tasks.intake import parked_submissions, take_in, waiting_submissions
from tasks.lot import approved_lots
from tasks.numbers import allocate_numbers
from tasks.packing import pack_lot
from tasks.policy import adopt_pack
from tasks.proposal import propose_lots
from tasks.receiving import SUBMISSIONS, receive
from tasks.registration import mark_sent
from tasks.registry_export import export_lot
from tests.rules.audit_tables import ALL, grade, small_reference
from tests.rules.policy_packs import GONE, SHIPPED, january_2020, pack_with
from tests.submitted import csv_file, resident_id, row_of
from tests.tasks.graduates import SHORT_CYCLE, give_photos, let_upload, reference
from tests.tasks.lots import events

SEASON, BRANCH, KIND, PACK = "2020-01", "110", "audit-data-fast-track", january_2020()
LOTS = table_of(Lot)
OPENED = datetime(2019, 11, 29, 9, tzinfo=SHANGHAI)
THEN = datetime(2019, 12, 2, 14, tzinfo=SHANGHAI)
NEXT = datetime(2019, 12, 3, 9, tzinfo=SHANGHAI)
LATER = datetime(2020, 3, 10, 9, tzinfo=SHANGHAI)
PEOPLE = [
    {"student_no": f"171100120000{n}", "name": f"张{name}", "id_number": resident_id(2 * n)}
    for n, name in enumerate("喆吉甲乙", start=1)
]
SMALL = small_reference(code=SHORT_CYCLE, direction="", level="专科", needs_unified_exam=False)


@pytest.fixture(autouse=True)
def enrolled(biye_home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four short-cycle students of branch 110 who have passed everything."""
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, OPENED)
    monkeypatch.setattr(tasks.audit, "current_reference", lambda: SMALL)
    centre = next(code for code in reference().organisations["code"] if len(code) == 7 and code[:3] == BRANCH)
    said = {"sex": "女", "birth_date": "1990-03-07", "level": "专科", "programme_code": SHORT_CYCLE}
    rows = [
        row_of("roster", **one, **said, direction="", centre=centre, entry_term="201709") for one in PEOPLE
    ]
    take_in(send("roster", *rows, at=OPENED, branch="010"), PACK, reference(), OPENED)
    history = send("grade-history", at=OPENED)
    with reading() as db:
        students = db.scalars(select(STUDENTS.c.id).order_by(STUDENTS.c.student_no)).all()
    grades = pd.DataFrame([grade(course, student_id=one) for one in students for course in ALL])
    with transaction() as db:
        store_grades(db, history, grades.drop(columns=["submission", "received_at"]))
        judged = {"state": "judged", "batch": None}
        db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == history).values(**judged))


def send(kind: str, *rows: dict[str, str], at: datetime = THEN, branch: str = BRANCH) -> int:
    return receive(SEASON, kind, branch, f"{kind}.csv", csv_file(kind, *rows), at)


def report(kind: str, *people: int, at: datetime = THEN, pack: Pack = PACK, **cells: str) -> int:
    """Send and judge audit data of some of the students (from 1); returns the receipt."""
    rows = [row_of(kind, **PEOPLE[one - 1]) | cells for one in people]
    receipt = send(kind, *rows, at=at)
    take_in(receipt, pack, reference(), at)
    return receipt


def cases(*columns: str) -> list[Any]:
    with reading() as db:
        rows = db.execute(select(*(CASES.c[name] for name in columns)).order_by(CASES.c.student_id)).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in rows]


def sent(receipt: int) -> Any:
    with reading() as db:
        return db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()


def approve_all(at: datetime = NEXT) -> list[str]:
    """Have every lot approved; returns their lanes."""
    propose_lots(SEASON, 1, at)
    waiting = [one for one in approvals(SEASON) if one["kind"] == "lot-audit"]
    for one in waiting:
        approve(one["id"], "李明", at, "文号1", PACK)
    return [one["summary"]["lane"] for one in waiting]


def test_t3_each_lane_is_a_lot_of_its_own_and_is_approved_by_itself() -> None:
    report("audit-data", 1, 2)
    report(KIND, 3, 4, at=THEN + timedelta(hours=1))
    assert cases("lane", "continuing") == [("ordinary", False)] * 2 + [("fast-track", True)] * 2
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["passed"] == 4
    assert sorted(approve_all()) == ["fast-track", "ordinary"]
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["cases"] == 0
    with reading() as db:
        found = db.execute(select(LOTS.c.lane, LOTS.c.part, LOTS.c.cases).order_by(LOTS.c.lane)).all()
    assert [tuple(one) for one in found] == [("fast-track", 1, 2), ("ordinary", 1, 2)]


def test_t3_a_file_that_mixes_is_kept_and_nothing_of_it_is_applied() -> None:
    rows = [row_of(KIND, **PEOPLE[0]), row_of(KIND, **PEOPLE[1]) | {"continuing": "否"}]
    for kind, code, named in ((KIND, "T3-ordinary-rows", "第 3 行"), ("audit-data", "T3-mixed", "第 2 行")):
        receipt = send(kind, *rows)
        assert take_in(receipt, PACK, reference(), THEN) == {}
        assert (sent(receipt).state, sent(receipt).code) == ("quarantined", code)
        assert named in sent(receipt).detail
    assert cases("id") == []


def test_t3_a_late_file_is_refused_whole_and_the_ordinary_way_stays_open() -> None:
    late = report(KIND, 1, at=LATER)
    assert (sent(late).state, sent(late).code) == ("quarantined", "T3-late")
    assert "2020-03-09 24:00" in sent(late).detail
    assert cases("id") == []
    report("audit-data", 1, 2, at=LATER, continuing="是")
    assert cases("lane", "continuing", "batch") == [("ordinary", True, 2)] * 2


def test_t3_what_comes_in_the_vacation_waits_for_batch_2_and_keeps_its_lane() -> None:
    waiting = report(KIND, 1, at=datetime(2020, 1, 25, 9, tzinfo=SHANGHAI))
    assert (sent(waiting).parked, cases("id")) == (1, [])
    assert parked_submissions(SEASON, 2, PACK) == [waiting]
    take_in(waiting, PACK, reference(), datetime(2020, 2, 17, 9, tzinfo=SHANGHAI), batch=2)
    assert cases("lane", "batch") == [("fast-track", 2)]


def test_t3_a_season_without_the_lane_refuses_the_file_with_the_reason() -> None:
    assert sent(report(KIND, 1, pack=pack_with(fast_track=GONE))).code == "pack-kind-off"
    with pytest.raises(Refused) as caught:
        fast_track_list(SEASON, pack_with(fast_track=GONE), reference())
    assert caught.value.code == "pack-kind-off"


def test_t3_a_correction_after_the_deadline_keeps_the_lane_and_the_same_again_is_a_duplicate() -> None:
    report(KIND, 1)
    again = report("audit-data", 1, at=THEN + timedelta(hours=1), continuing="是")
    assert (sent(again).duplicate, sent(again).accepted) == (1, 0)
    report("audit-data", 1, at=LATER, continuing="是", conduct="优秀")
    assert cases("lane", "conduct", "batch") == [("fast-track", "优秀", 2)]
    report("audit-data", 1, at=LATER + timedelta(hours=1), conduct="优秀")
    assert cases("lane", "continuing") == [("ordinary", False)]


def test_t3_who_is_named_for_the_lane_later_leaves_the_ordinary_lot() -> None:
    report("audit-data", 1, 2)
    audit_lot(SEASON, 1, BRANCH, NEXT)
    (approval,) = propose_lots(SEASON, 1, NEXT)
    report(KIND, 1, at=NEXT)
    assert cases("lane", "audit") == [("fast-track", "awaiting"), ("ordinary", "passed")]
    with pytest.raises(Refused) as caught:
        approve(approval, "李明", NEXT, "文号1", PACK)
    assert caught.value.code == "approval-stale"
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["anew"] == 1
    assert len(set(cases("lot_id"))) == 2


def test_t3_the_same_row_in_the_lanes_file_takes_the_student_into_the_lane() -> None:
    report("audit-data", 1, continuing="是")
    assert sent(report(KIND, 1, at=NEXT)).accepted == 1
    assert cases("lane") == ["fast-track"]
    assert sent(report("audit-data", 1, 2, at=LATER, continuing="是")).duplicate == 1


def test_t3_certificate_data_wait_for_the_lanes_audit_data() -> None:
    first = send(KIND, row_of(KIND, **PEOPLE[0]))
    data = send("certificate-data", row_of("certificate-data", student_no=PEOPLE[0]["student_no"]))
    assert waiting_submissions(SEASON, THEN) == [first, data]
    with pytest.raises(Refused) as caught:
        take_in(data, PACK, reference(), THEN)
    assert caught.value.code == "receipt-waits"


@pytest.mark.parametrize("first", [KIND, "audit-data"])
def test_n3_t3_a_lane_overtakes_nobody(first: str) -> None:
    """N3: lots and numbers go by arrival, whichever lane came first."""
    second = "audit-data" if first == KIND else KIND
    report(second, 1, at=THEN + timedelta(hours=1))
    report(first, 2, at=THEN)
    report(second, 3, at=THEN + timedelta(hours=2))
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approve_all()
    with reading() as db:
        lanes = {row.id: row.lane for row in db.execute(select(LOTS.c.id, LOTS.c.lane))}
    lane = "fast-track" if first == KIND else "ordinary"
    lots = approved_lots(SEASON, 1)
    assert [lanes[one] == lane for one in lots] == [True, False]
    assert lots == lots_in_order(_frame())
    assert allocate_numbers(SEASON, 1, PACK, NEXT) == 3
    rows = fast_track_list(SEASON, PACK, reference()).rows
    expected = [1] if first == KIND else [2, 3]
    assert [int(number[-6:]) for number in rows["number"]] == expected


def _frame() -> pd.DataFrame:
    names = ["lot_id", "lane", "order_at", "order_receipt", "order_row"]
    return pd.DataFrame(cases(*names), columns=names)


def test_t3_every_phase_takes_the_lane_and_admissions_gets_names_and_numbers() -> None:
    """T3: from the file over registration, printing and packing to the list, by branch."""
    report("audit-data", 1)
    report(KIND, 2, 3, at=THEN + timedelta(hours=1))
    _complete()
    audit_lot(SEASON, 1, BRANCH, NEXT)
    assert fast_track_list(SEASON, PACK, reference()).unnumbered == 2
    approve_all()
    allocate_numbers(SEASON, 1, PACK, NEXT)
    for lot in approved_lots(SEASON, 1):
        package = export_lot(lot, PACK, reference(), NEXT)
        assert package is not None
        let_upload(package)
        mark_sent(package, "王芳", NEXT)
        print_lot(lot, PACK, reference(), NEXT)
        pack_lot(lot, NEXT, PACK)
        send_lot(lot, PACK, reference(), NEXT)
    assert set(cases("registration", "certificate", "custody")) == {("sent", "packed", "in-transit")}
    with transaction() as db:
        accepted = {"registration": "accepted", "registered_at": NEXT}
        db.execute(
            update(CASES).where(CASES.c.lane == "fast-track", CASES.c.order_row == 2).values(**accepted)
        )
    found = fast_track_list(SEASON, PACK, reference())
    assert found.unnumbered == 0
    assert found.rows["student_no"].tolist() == [PEOPLE[1]["student_no"], PEOPLE[2]["student_no"]]
    assert found.rows["registered"].tolist() == [True, False]
    hidden = found.masked().to_string()
    assert not any(one in hidden for person in PEOPLE for one in (person["student_no"], person["name"]))
    _check_workbook(fast_track_workbook(found, "王芳", NEXT))


def _complete() -> None:
    """Give every case its certificate data and its photo."""
    came = {"certificate_submission": 1, "certificate_received_at": THEN}
    with transaction() as db:
        db.execute(update(CASES).values(**came, study_from=date(2017, 9, 1), study_to=date(2020, 1, 1)))
    give_photos(*cases("id"), received_at=THEN)


def _check_workbook(data: bytes) -> None:
    title, about, headings, *lines = openpyxl.load_workbook(BytesIO(data))["续读本科毕业生名单"].values
    assert (title[0], "尚未编号 0 人" in about[0]) == ("续读本科毕业生名单", True)
    assert " ".join(headings) == "序号 分部代码 分部 学号 姓名 专业 证书编号 学历注册 注册时间"
    assert [line[3] for line in lines[:2]] == [PEOPLE[1]["student_no"], PEOPLE[2]["student_no"]]
    assert [line[4] for line in lines[:2]] == [PEOPLE[1]["name"], PEOPLE[2]["name"]]
    assert all(len(line[6]) == 18 for line in lines[:2])
    assert [line[7] for line in lines[:2]] == ["注册成功", "已上报待反馈"]
    assert lines[0][8] == "2019-12-03 09:00"
    assert lines[2][0] == "合计 2 条，2 人"
    (event,) = events("unmasked")
    assert (event.actor, event.stream) == ("王芳", f"season:{SEASON}")
    assert event.data["what"] == "registry fast-track"


def test_t3_the_list_in_full_is_for_somebody_with_a_name() -> None:
    with pytest.raises(Refused) as caught:
        fast_track_workbook(fast_track_list(SEASON, PACK, reference()), " ", NEXT)
    assert caught.value.code == "unmasked-nameless"


def test_t3_late_ones_in_the_urgent_lane_are_on_the_list_where_the_season_lets_them_in() -> None:
    report("audit-data", 1, 2, continuing="是")
    with transaction() as db:
        db.execute(update(CASES).values(lane="urgent"))
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approve_all()
    allocate_numbers(SEASON, 1, PACK, NEXT)
    assert fast_track_list(SEASON, PACK, reference()).rows.empty
    open_to_late = pack_with(fast_track__late_to_urgent=True)
    assert len(fast_track_list(SEASON, open_to_late, reference()).rows) == 2
