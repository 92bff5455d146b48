"""N2 end to end, from the bytes that units send: which majors wait for the partner university's seal."""

import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

import tasks.audit
from models.case import Hold
from models.reference import reference_files
from models.student import Student
from models.submission import RowVerdict
from rules.reference import Reference
from rules.reference_parse import parse_reference
from tasks.approval import approve
from tasks.audit import audit_lot
from tasks.certificate import print_lot
from tasks.fonts import carried_font, font_chain
from tasks.intake import take_in, waiting_submissions
from tasks.numbers import allocate_numbers
from tasks.packing import pack_lot
from tasks.policy import adopt_pack
from tasks.proposal import propose_lots
from tasks.receiving import receive
from tasks.registry_export import export_lot
from tests.rules.audit_tables import ALL, small_reference
from tests.rules.policy_packs import SHIPPED, january_2020
from tests.submitted import csv_file, jpeg, resident_id, row_of
from tests.tasks.graduates import column, rows_of
from tests.tasks.graduates import reference as shipped
from tests.tasks.lots import at

SEASON, NOON = "2020-01", at("2019-12-02")
FONTS = font_chain(str(carried_font()), system=False)
NAMES = ["code", "direction", "name", "level"]
PROGRAMMES = [
    ("120401", "教育管理", "公共事业管理", "本科"),
    ("120401", "", "公共事业管理", "本科"),
    ("070101", "", "数学与应用数学", "本科"),
    ("690206", "教育管理", "公共事业管理", "专科"),
]
MANAGEMENT, PLAIN, MATHEMATICS, SHORT = PROGRAMMES


@dataclass(frozen=True)
class Written:
    """One student: the programme, the direction in the roster, name and direction in the certificate data."""

    programme: tuple[str, str, str, str]
    roster: str
    name: str
    direction: str


SEALED = [
    Written(MANAGEMENT, "教育管理", "公共事业管理", "教育管理"),
    Written(MANAGEMENT, "（教育管理）", "公共事业管理", "(教育管理)"),
    Written(MANAGEMENT, "(教育管理)", "公共事业管理", "（教育管理）"),
    Written(MANAGEMENT, "教育管理", "公共事业管理（教育管理）", ""),
    Written(MANAGEMENT, "（教育管理）", "公共事业管理(教育管理)", ""),
    Written(MANAGEMENT, "教育管理", "公共事业管理（教育管理）", "（教育管理）"),
    Written(MATHEMATICS, "", "数学与应用数学", ""),
]
UNSEALED = [
    Written(PLAIN, "", "公共事业管理", ""),
    Written(SHORT, "（教育管理）", "公共事业管理（教育管理）", ""),
]
DISAGREE = [
    Written(MANAGEMENT, "教育管理", "公共事业管理（卫生事业管理）", ""),
    Written(MANAGEMENT, "教育管理", "公共事业管理（卫生事业管理）", "教育管理"),
    Written(MANAGEMENT, "教育管理", "公共事业管理", ""),
    Written(PLAIN, "", "公共事业管理（教育管理）", ""),
]
EVERYBODY = [*SEALED, *UNSEALED, *DISAGREE]


def reference() -> Reference:
    """A few programmes that the six small courses are enough for; everything else as shipped."""
    small = small_reference()
    one = small.programmes.iloc[0].to_dict()
    rows = [one | dict(zip(NAMES, row, strict=True)) for row in PROGRAMMES]
    programmes = pd.DataFrame(rows).assign(programme_id=range(len(rows)), needs_unified_exam=False)
    modules = [small.modules.assign(programme_id=place) for place in range(len(rows))]
    known = shipped()
    return replace(
        small,
        programmes=programmes,
        modules=pd.concat(modules, ignore_index=True),
        organisations=known.organisations,
        score_codes=known.score_codes,
    )


@pytest.fixture
def sent(biye_home: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Everybody's files, received, judged, audited and approved; returns the lot."""
    monkeypatch.setattr(tasks.audit, "current_reference", reference)
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, NOON)
    for kind, data in files().items():
        receive(SEASON, kind, "010" if kind == "roster" else "110", f"{kind}.csv", data, NOON)
    for receipt in waiting_submissions(SEASON, NOON):
        take_in(receipt, january_2020(), reference(), NOON)
    assert audit_lot(SEASON, 1, "110", NOON)["passed"] == len(EVERYBODY)
    (approval,) = propose_lots(SEASON, 1, NOON)
    approve(approval, "李明", NOON, "文号1", january_2020())
    allocate_numbers(SEASON, 1, january_2020(), NOON)
    export_lot(1, january_2020(), reference(), NOON)
    return 1


def files() -> dict[str, bytes]:
    """The bytes of each kind of file, in GB18030."""
    people = [person(place, written) for place, written in enumerate(EVERYBODY, start=1)]
    rosters = [one | {"programme_code": w.programme[0], "direction": w.roster} for one, w in pairs(people)]
    stated = [one | {"programme": w.name, "direction": w.direction} for one, w in pairs(people)]
    grades = [
        {"student_no": one["student_no"], "course": str(course), "score_code": "80", "attempt": "1"}
        for one in people
        for course in ALL
    ]
    rows = {"roster": rosters, "grade-history": grades, "audit-data": people, "certificate-data": stated}
    written = {kind: csv_file(kind, *(row_of(kind, **own(kind, row)) for row in rows[kind])) for kind in rows}
    return written | {"photos": photos([one["id_number"] for one in people])}


def pairs(people: list[dict[str, str]]) -> list[tuple[dict[str, str], Written]]:
    return list(zip(people, EVERYBODY, strict=True))


def own(kind: str, row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name in row_of(kind)}


def person(place: int, written: Written) -> dict[str, str]:
    number = resident_id(2 * place)  # women's
    return {
        "student_no": f"17110012{place:05d}", "name": "张" + "甲乙丙丁戊己庚辛壬癸子丑寅卯"[place],
        "id_number": number, "sex": "女", "birth_date": "1990-03-07", "level": written.programme[3],
        "entry_term": "201703", "centre": "1100201", "exam_no": f"17{place:012d}", "remedial": "",
    }  # fmt: skip


def photos(numbers: list[str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for place, number in enumerate(numbers):
            out.writestr(f"{number}.jpg", jpeg(seed=place))
    return packed.getvalue()


def places(condition: set[int]) -> list[int]:
    """The places in EVERYBODY of some cases."""
    students = {row["id"]: int(row["student_no"][-5:]) - 1 for row in rows_of(Student)}
    return sorted(students[student] for case, student in column("student_id").items() if case in condition)


def test_n2_the_branchs_brackets_are_matched_and_only_another_major_is_held(sent: int) -> None:
    held = [row for row in rows_of(RowVerdict) if row["outcome"] == "held"]
    assert [row["row"] - 2 for row in held] == [EVERYBODY.index(one) for one in DISAGREE]
    assert {row["code"] for row in held} == {"row-roster-mismatch"}
    assert {row["column"] for row in held} <= {"专业名称", "专业方向"}


@pytest.mark.parametrize("written", ["教育管理", "（教育管理）", "(教育管理)"])
def test_n2_brackets_in_the_programme_table_say_nothing(written: str) -> None:
    files = reference_files(SHIPPED.parent / "reference")
    table, plans = (files[name].decode("utf-8-sig") for name in ("programmes.yaml", "plans.csv"))
    changed = table.replace("direction: 教育管理", f'direction: "{written}"')
    files |= {"programmes.yaml": changed.encode(), "plans.csv": plans.encode()}
    known = parse_reference(files).programmes
    assert "教育管理" in set(known["direction"])


def test_n2_the_seal_goes_by_level_major_and_direction_and_stops_dispatch_alone(sent: int) -> None:
    print_lot(sent, january_2020(), reference(), NOON, FONTS)
    seals = [row for row in rows_of(Hold) if row["reason"] == "partner-seal"]
    assert {row["track"] for row in seals} == {"dispatch"}
    of_management = [place for place, one in enumerate(EVERYBODY) if one.programme is MANAGEMENT]
    expected = sorted({*of_management, EVERYBODY.index(SEALED[-1])})
    assert places({row["case_id"] for row in seals}) == expected
    assert set(column("registration").values()) == {"exported"}
    printed = {case for case, state in column("certificate").items() if state == "printed"}
    assert places(printed) == list(range(len(SEALED) + len(UNSEALED)))
    pack_lot(sent, NOON, january_2020())
    packed = {case for case, state in column("certificate").items() if state == "packed"}
    assert places(packed) == [EVERYBODY.index(one) for one in UNSEALED]
