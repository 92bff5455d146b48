"""N5: which fields of a certificate can be put right, and how a right value is written."""

import pytest

from rules.certificate_problem import FIELDS, field_named, right_value
from rules.refusals import Refused


@pytest.mark.parametrize("field", FIELDS.values())
def test_a_field_is_known_by_its_chinese_name_and_its_code(field) -> None:
    assert field_named(f" {field.zh} ") == field_named(field.code) == field


def test_an_unknown_field_is_refused_with_those_allowed() -> None:
    with pytest.raises(Refused) as refused:
        field_named("颜色")
    assert refused.value.code == "N5-problem-field"
    assert "出生日期" in str(refused.value)


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("姓名", " 张•甲　", "张·甲"),
        ("性别", "女 ", "女"),
        ("出生日期", "1990-03-07", "1990-03-07"),
        ("照片", " ", ""),
    ],
)
def test_a_right_value_is_kept_as_the_record_has_it(field: str, given: str, kept: str) -> None:
    assert right_value(field_named(field), given) == kept


@pytest.mark.parametrize(
    ("field", "given"), [("性别", "甲"), ("出生日期", "1990-13-01"), ("姓名", "\ue000"), ("专业", "数学")]
)
def test_an_impossible_value_is_refused_and_not_repeated(field: str, given: str) -> None:
    with pytest.raises(Refused) as refused:
        right_value(field_named(field), given)
    assert refused.value.code == "N5-problem-value"
    assert given not in str(refused.value)
