"""The registry's answer (T4): by mapping, since its format is not published."""

import pandas as pd
import pytest

from rules.refusals import Refused
from rules.registry_receipt import ReceiptMapping, read_registry_receipt


def receipt(*rows: tuple[object, ...], columns: tuple[str, ...] = ("ZSBH", "BZ")) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype="str")


def test_an_empty_reason_means_accepted() -> None:
    found = read_registry_receipt(receipt(("1", ""), ("2", "照片缺失"), ("3", None), (" 4 ", "  ")))
    assert found.to_numpy().tolist() == [
        ["1", "accepted", ""],
        ["2", "rejected", "照片缺失"],
        ["3", "accepted", ""],
        ["4", "accepted", ""],
    ]


def test_a_status_column_decides_where_there_is_one() -> None:
    mapping = ReceiptMapping(key="证书编号", reason="说明", status="结果")
    frame = receipt(("1", "成功", "已核"), ("2", "退回", ""), columns=("证书编号", "结果", "说明"))
    found = read_registry_receipt(frame, mapping)
    assert found["status"].tolist() == ["accepted", "rejected"]
    assert found["reason"].tolist() == ["已核", ""]


def test_the_same_answer_twice_counts_once_and_a_blank_line_not_at_all() -> None:
    assert read_registry_receipt(receipt(("1", ""), ("1", ""), (None, None)))["number"].tolist() == ["1"]


def test_a_receipt_without_rows_answers_nothing() -> None:
    assert read_registry_receipt(receipt()).empty


@pytest.mark.parametrize(
    ("frame", "mapping", "code"),
    [
        (receipt(("1", ""), columns=("ZSBH", "原因")), ReceiptMapping(), "T4-receipt-column"),
        (receipt(("1", "")), ReceiptMapping(status="ZT"), "T4-receipt-column"),
        (
            receipt(("1", "", "?"), columns=("ZSBH", "BZ", "ZT")),
            ReceiptMapping(status="ZT"),
            "T4-receipt-status",
        ),
        (
            receipt(("1", "", None), columns=("ZSBH", "BZ", "ZT")),
            ReceiptMapping(status="ZT"),
            "T4-receipt-status",
        ),
        (receipt(("1", ""), ("1", "重复注册")), ReceiptMapping(), "T4-receipt-conflict"),
    ],
    ids=["no reason column", "no status column", "unknown word", "empty status", "two answers"],
)
def test_a_receipt_that_is_not_clear_is_refused_whole(
    frame: pd.DataFrame, mapping: ReceiptMapping, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_registry_receipt(frame, mapping)
    assert refused.value.code == code
    assert "<" not in str(refused.value), "every detail of the message is filled in"
