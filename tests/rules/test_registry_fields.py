"""The registry's fields (T4) and the comparison before printing (R2)."""

from datetime import date

import pandas as pd
import pytest

from rules.registry_fields import FIELDS, differences, programme_title, registry_fields


def graduates(count: int = 2) -> pd.DataFrame:
    """Graduates as our tables hold them, with what their certificates need."""
    frame = pd.DataFrame(
        {
            "exam_no": [f"1999{n:010d}" for n in range(count)],
            "name": [f"张{'甲乙丙丁'[n % 4]}" for n in range(count)],
            "id_number": [f"9999991990010100{n:01d}x" for n in range(count)],
            "number": [f"511618202005{n:06d}" for n in range(count)],
        },
        dtype="str",
    )
    frame["sex"], frame["birth_date"] = "男", date(1990, 1, 2)
    frame["school_code"], frame["school_name"], frame["principal"] = "51161", "国家开放大学", "荆某某"
    frame["programme_code"], frame["programme_name"], frame["direction"] = (
        "120401",
        "公共事业管理",
        "教育管理",
    )
    frame["programme"], frame["school_years"], frame["study_form"] = "公共事业管理", 2.5, "开放教育"
    frame["level"], frame["entry_term"], frame["study_from"] = "本科", "201703", "2017-03"
    frame["graduation_date"], frame["conclusion"] = date(2020, 1, 15), "毕业"
    return frame


def test_each_field_says_what_the_registry_wants_in_its_order() -> None:  # T4
    assert registry_fields(graduates(1)).iloc[0].to_dict() == {
        "KSH": "19990000000000",
        "XM": "张甲",
        "XB": "男",
        "CSRQ": "19900102",
        "SFZH": "99999919900101000X",
        "YXDM": "51161",
        "YXMC": "国家开放大学",
        "ZYDM": "120401",
        "ZYMC": "公共事业管理（教育管理）",
        "XZ": "2.5",
        "XXXS": "开放教育",
        "CC": "本科",
        "RXRQ": "20170301",
        "BYRQ": "20200115",
        "BJYJL": "毕业",
        "ZSBH": "511618202005000000",
        "XZM": "荆某某",
        "BZ": "",
    }
    assert list(registry_fields(graduates(0)).columns) == [field.name for field in FIELDS]


@pytest.mark.parametrize("name", ["国家开放大学", "中央广播电视大学"])
def test_both_names_of_the_school_fit_their_field(name: str) -> None:
    width = {field.name: field.width for field in FIELDS}
    assert len(name.encode("gb18030")) <= width["YXMC"]


def test_missing_values_become_empty_and_whole_years_have_no_decimals() -> None:
    frame = graduates(2).astype({"exam_no": "object", "birth_date": "object"})
    frame.loc[0, ["exam_no", "birth_date"]] = None
    frame["school_years"], frame["direction"] = [3.0, 2.5], [None, "教育管理"]
    fields = registry_fields(frame)
    assert fields["KSH"].tolist()[0] == ""
    assert fields["CSRQ"].tolist() == ["", "19900102"]
    assert fields["XZ"].tolist() == ["3", "2.5"]
    assert fields["ZYMC"].tolist() == ["公共事业管理", "公共事业管理（教育管理）"]


def test_the_rows_keep_their_index_and_may_lack_a_direction_column() -> None:
    fields = registry_fields(graduates(3).drop(columns="direction").set_index(pd.Index([9, 4, 4])))
    assert fields.index.tolist() == [9, 4, 4]
    assert set(fields["ZYMC"]) == {"公共事业管理"}


def test_certificate_and_registry_that_say_the_same_do_not_differ() -> None:  # R2
    rows = graduates(4)
    assert differences(rows, registry_fields(rows.iloc[::-1])).empty


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("name", "李乙", "XM"),
        ("sex", "女", "XB"),
        ("birth_date", date(1990, 2, 1), "CSRQ"),
        ("school_name", "中央广播电视大学", "YXMC"),
        ("programme", "行政管理", "ZYMC"),
        ("direction", "", "ZYMC"),
        ("school_years", 3.0, "XZ"),
        ("level", "专科", "CC"),
        ("study_from", "201709", "RXRQ"),
        ("graduation_date", date(2020, 1, 20), "BYRQ"),
        ("principal", "杨某某", "XZM"),
    ],
)
def test_any_field_that_differs_is_named_with_both_values(
    column: str, value: object, field: str
) -> None:  # R2
    rows = graduates(3)
    registered = registry_fields(rows)
    rows[column] = rows[column].astype("object")
    rows.loc[1, column] = value
    found = differences(rows, registered)
    assert found[["number", "field"]].to_numpy().tolist() == [["511618202005000001", field]]
    assert found["certificate"].item() != found["registry"].item() == registered.loc[1, field]


def test_a_number_on_one_side_only_is_a_difference() -> None:  # R2
    rows = graduates(3)
    found = differences(rows.iloc[:2], registry_fields(rows.iloc[1:]))
    assert found.to_numpy().tolist() == [
        ["511618202005000000", "ZSBH", "511618202005000000", ""],
        ["511618202005000002", "ZSBH", "", "511618202005000002"],
    ]


def test_a_programme_is_named_with_its_direction_in_full_width_brackets() -> None:
    assert programme_title("公共事业管理", "教育管理") == "公共事业管理（教育管理）"
    assert programme_title("数学与应用数学", "") == "数学与应用数学"
