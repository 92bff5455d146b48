"""Bad input, from the bytes of a text file to the verdict on each row: encoding and shape (T1, R1, MODEL)."""

import pytest

from models.settings import settings
from rules.refusals import Refused
from rules.submission import KINDS
from tasks.size_cap import cap_of, refuse_over_cap
from tests.submitted import csv_file, csv_text, resident_id, row_of
from tests.taken_in import ONE, Case, check, grade_row, roster_row, take

NEW = {"student_no": "1711001200009", "id_number": resident_id(8)}
ROSTER = csv_text("roster", [roster_row(**NEW)])
SCORES = csv_text("practice", [grade_row()])


def roster(name: str, encoding: str = "gb18030") -> bytes:
    """A roster of two, the second of this name."""
    good = roster_row(student_no="1711001200008", id_number=resident_id(10))
    return csv_file("roster", good, roster_row(**NEW, name=name), encoding=encoding)


def audit_data(name: str) -> bytes:
    """Audit data of a student whom the roster knows, under this name, after one who is right."""
    early = {"student_no": "0811001200007", "name": "王小明", "id_number": resident_id(4)}
    rows = [row_of("audit-data", **early), row_of("audit-data", **ONE) | {"name": name}]
    return csv_file("audit-data", *rows)


MIXED = ROSTER.encode("gb18030") + "1711001200010,王小明\r\n".encode()
BIG5 = "學號,姓名,性別,層次\r\n1711001200001,張學友,男,本科\r\n".encode("big5")
MOJIBAKE = ROSTER.encode().decode("gb18030", "replace").replace("\ufffd", "?").encode()

ENCODING = [
    Case("UTF-8", "N", "roster", ROSTER.encode()),
    Case("GB18030 with rare characters", "N", "roster", roster("䶮𬭊·堃"), shown="GB18030"),
    Case("UTF-8 BOM", "N", "roster", ROSTER.encode("utf-8-sig"), shown="BOM"),
    Case("UTF-16 BOM", "N", "roster", ROSTER.encode("utf-16"), shown="UTF-16"),
    Case(
        "mixed encodings",
        "F",
        "roster",
        MIXED,
        "file-mixed-encoding",
        shown=f"{len(ROSTER.encode('gb18030')) + 14}",
    ),
    Case("Big5", "F", "roster", BIG5, "file-big5"),
    Case(
        "U+FFFD", "F", "roster", ROSTER.replace("张", "\ufffd").encode(), "file-replacement", shown="第 2 行"
    ),
    Case("mojibake", "F", "roster", MOJIBAKE, "file-mojibake"),
    Case(
        "mojibake in the names alone",
        "F",
        "roster",
        csv_file("roster", roster_row(**NEW, name="寮犲枂")),
        "file-mojibake",
    ),
    Case("NUL byte", "F", "roster", ROSTER.encode() + b"\0", "file-nul", shown=f"{len(ROSTER.encode())}"),
    Case("private-use character", "H", "roster", roster("张\ue863"), "row-private-use", (3, "姓名")),
    Case("dots in names", "N", "roster", roster("买买提•艾力"), shown="姓名：1 处"),
    Case("zero-width and bidi marks", "N", "roster", roster("张\u200b喆\u202e"), shown="姓名：1 处"),
    Case("U+3000 and trailing spaces", "N", "roster", roster("张喆\u3000 "), shown="姓名：1 处"),
    Case("traditional against simplified", "H", "audit-data", audit_data("張喆"), "row-id-name", (3, "姓名")),
    Case("CJK compatibility character", "H", "roster", roster("张\uf9d1"), "row-compatibility", (3, "姓名")),
]


def turned_round() -> bytes:
    """The same columns, last one first."""
    lines = [line.split(",") for line in SCORES.split("\r\n") if line]
    return "\r\n".join(",".join(reversed(line)) for line in lines).encode()


def with_lines(*lines: str) -> bytes:
    """Scores with these lines added."""
    return (SCORES + "\r\n".join(lines) + "\r\n").encode()


TWICE = SCORES.replace("试卷号", "学号").encode()
LACKING = SCORES.replace("课程ID", "课程").encode()
EXTRA = SCORES.replace("\r\n", ",班级\r\n", 1).replace(",1\r\n", ",1,甲\r\n").encode()
SHIFTED = SCORES.replace(",1\r\n", ",1,\r\n").encode()
QUOTED = csv_file("practice", grade_row(), grade_row(attempt="2", paper_no='"12'))
CR_LF = csv_text("practice", [grade_row(), grade_row(attempt="2"), grade_row(attempt="3")])

SHAPE = [
    Case("empty", "F", "practice", b"", "file-empty"),
    Case("header only", "F", "practice", csv_text("practice", []).encode(), "file-no-rows", shown="0行"),
    Case("columns in another order", "N", "practice", turned_round()),
    Case("duplicate header", "F", "practice", TWICE, "file-duplicate-header", shown="学号"),
    Case("missing column", "F", "practice", LACKING, "file-missing-column", shown="课程ID"),
    Case("unknown extra column", "N", "practice", EXTRA, shown="班级"),
    Case("every row one field too long", "F", "practice", SHIFTED, "file-shifted"),
    Case("ragged row", "R", "practice", with_lines("1,2,3"), "row-ragged", (3, ""), "3"),
    Case("unclosed quote", "F", "practice", QUOTED, "file-unclosed-quote", shown="第 3 行"),
    Case("CR and LF mixed", "N", "practice", CR_LF.replace("\r\n", "\n", 2).encode()),
    Case("a name NA", "N", "roster", roster("NA")),
    Case("a name null", "N", "roster", roster("null")),
    Case("tab", "N", "practice", csv_text("practice", [grade_row()], "\t").encode(), shown="制表符"),
    Case("semicolon", "N", "practice", csv_text("practice", [grade_row()], ";").encode(), shown="分号"),
]


@pytest.mark.parametrize("case", ENCODING + SHAPE, ids=str)
def test_a_text_file_gets_its_outcome(enrolled: object, case: Case) -> None:
    check(case)


def test_names_na_and_null_stay_text(enrolled: object) -> None:
    seen = take("audit-data", audit_data("null"))
    assert [row[2:] for row in seen.rows] == [("row-id-name", "held", "null")]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_file_over_the_cap_of_its_kind_is_refused_before_it_is_read(kind: str) -> None:
    refuse_over_cap(KINDS[kind].cap, kind, "a.csv")
    with pytest.raises(Refused, match="file-over-cap"):
        refuse_over_cap(KINDS[kind].cap + 1, kind, "a.csv")


def test_an_installation_sets_the_cap_of_a_kind(enrolled: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIYE_CAPS_MB", '{"roster": 0, "practice": 60}')
    settings.cache_clear()
    assert (cap_of("roster"), cap_of("practice"), cap_of("final-exam")) == (0, 60 << 20, 50 << 20)
    with pytest.raises(Refused, match="file-over-cap"):
        refuse_over_cap(1, "roster", "a.csv")
    assert take("roster", ROSTER.encode()).code == "file-too-big"
