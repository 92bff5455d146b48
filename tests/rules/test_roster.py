"""Rosters judged from their bytes (BAD_INPUT.md, IDs and values)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.roster import RosterJudgeContext, judge_roster
from rules.submission import Judged
from tests.submitted import codes_of, csv_file, outcomes_of, read, resident_id, row_of

STUDENT = row_of("roster")


def judge(*rows: dict, encoding: str = "gb18030", **changes) -> Judged:
    table = read(csv_file("roster", *rows, encoding=encoding), "roster")
    context = RosterJudgeContext(**({"branch": "110"} | changes))
    return judge_roster(table.frame, table.row, context).with_reading(table.verdicts, table.notes)


def test_a_good_row_is_accepted_whole():
    student = judge(STUDENT).accepted.iloc[0]
    assert student["student_no"] == "1711001200001"
    assert student["birth_date"] == date(1990, 3, 7)
    assert student["id_number"] == resident_id()
    assert student["entry_term"] == "201703"
    assert student["level"] == "专科"


@pytest.mark.parametrize(
    ("cells", "code", "outcome"),
    [
        ({"student_no": "171100120001x"}, "row-bad-student-no", "refused"),
        ({"student_no": "1.7110E+12"}, "row-scientific", "refused"),
        ({"student_no": "1712001200001"}, "row-other-branch", "refused"),
        ({"name": ""}, "row-missing", "refused"),
        ({"name": "张\uf9e1"}, "row-compatibility", "held"),
        ({"name": "张\ue863"}, "row-private-use", "held"),
        ({"sex": "F"}, "row-bad-value", "refused"),
        ({"sex": "男"}, "row-id-sex", "held"),
        ({"birth_date": "07/03/1990"}, "row-ambiguous-date", "refused"),
        ({"birth_date": "1990-02-30"}, "row-bad-date", "refused"),
        ({"birth_date": "1990-03-08"}, "row-id-birth", "held"),
        ({"id_number": resident_id()[:17] + "1"}, "row-bad-check-digit", "refused"),
        ({"id_number": "1.10101E+17"}, "row-scientific", "refused"),
        ({"id_number": "999999900307002"}, "row-id-15", "held"),
        ({"id_number": ""}, "row-missing", "refused"),
        ({"level": "硕士"}, "row-bad-value", "refused"),
        ({"entry_term": "201707"}, "row-bad-term", "refused"),
        ({"centre": "11"}, "row-unknown-centre", "refused"),
        ({"programme_code": ""}, "row-missing", "refused"),
        ({"status": ""}, "row-missing", "refused"),
    ],
)
def test_a_bad_cell_stops_its_row_alone(cells, code, outcome):
    judged = judge(STUDENT | cells, STUDENT | {"student_no": "1711001200002"}, encoding="utf-8")
    assert codes_of(judged) == {2: code}
    assert outcomes_of(judged) == {2: outcome}
    assert judged.accepted["row"].tolist() == [3]


def test_the_value_of_an_id_is_always_masked():
    judged = judge(STUDENT | {"id_number": resident_id()[:17] + "1"})
    assert judged.verdicts["value"].tolist() == ["999999**********21"]


@pytest.mark.parametrize("written", [resident_id(8).lower(), f" {resident_id(8)}　", resident_id(8)])
def test_an_id_in_lower_case_or_with_spaces_is_normalised(written):
    assert resident_id(8).endswith("X")
    assert judge(STUDENT | {"id_number": written}).accepted["id_number"].tolist() == [resident_id(8)]


@pytest.mark.parametrize("written", ["", "身份证", "居民身份证"])
def test_an_empty_document_type_is_the_resident_id(written):
    assert judge(STUDENT | {"id_type": written}).accepted["id_type"].tolist() == ["居民身份证"]


def test_passports_have_no_check_digit():
    cells = {"id_type": "护照", "id_number": "e12345678", "sex": "男"}
    assert judge(STUDENT | cells).accepted["id_number"].tolist() == ["E12345678"]


def test_unknown_centres_and_programmes_are_refused_where_the_lists_are_given():
    lists = {"centres": frozenset({"1100101"}), "programme_codes": frozenset({"0101", "0202"})}
    assert codes_of(judge(STUDENT, **lists)) == {}
    assert codes_of(judge(STUDENT | {"centre": "1100199"}, **lists)) == {2: "row-unknown-centre"}
    assert codes_of(judge(STUDENT | {"programme_code": "0909"}, **lists)) == {2: "row-unknown-programme"}


def test_lost_leading_zeros_come_back_only_where_one_code_fits():
    one = judge(STUDENT | {"programme_code": "101"}, programme_codes=frozenset({"0101"}))
    assert one.accepted["programme_code"].tolist() == ["0101"]
    two = judge(STUDENT | {"programme_code": "101"}, programme_codes=frozenset({"0101", "00101"}))
    assert codes_of(two) == {2: "row-unknown-programme"}


def test_the_same_row_twice_is_a_duplicate_and_other_data_is_held():
    assert outcomes_of(judge(STUDENT, STUDENT)) == {3: "duplicate"}
    assert outcomes_of(judge(STUDENT, STUDENT | {"name": "李喆"})) == {2: "held", 3: "held"}


def test_what_was_normalised_is_noted_by_column():
    judged = judge(STUDENT | {"name": "张喆　", "student_no": "１７１１００１２００００１"})
    assert len(judged.accepted) == 1
    assert any(note.startswith("姓名") for note in judged.notes)
    assert any(note.startswith("学号") for note in judged.notes)


TEXTS = st.sampled_from(
    ["", "1711001200001", "张喆", "男", "女", "1990-03-07", "²", resident_id(), "专科", "x", "　"]
)


@given(st.lists(st.dictionaries(st.sampled_from(list(STUDENT)), TEXTS, max_size=4), min_size=1, max_size=15))
@settings(max_examples=100, deadline=None)
def test_rows_read_are_accepted_or_have_exactly_one_verdict(changes):
    judged = judge(*[STUDENT | change for change in changes])
    seen = [*judged.accepted["row"].tolist(), *judged.verdicts["row"].tolist()]
    assert sorted(seen) == list(range(2, len(changes) + 2))
