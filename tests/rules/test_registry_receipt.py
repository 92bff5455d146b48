"""Receipts of the registry, taken by mapping (DOMAIN.md, CHSI)."""

from rules.registry_receipt import ReceiptContext, judge_registry_receipt
from tasks.read_table import read_table
from tests.submitted import codes_of, outcomes_of

NUMBER = "511618202006000001"
OTHER = "511618202006000002"


def judge(text: str, mapping: dict[str, str] | None = None, **context):
    table = read_table(text.encode("gb18030"), "registry-receipt", "回执.csv", mapping)
    return judge_registry_receipt(table.frame, table.row, ReceiptContext(**context))


def test_status_words_become_accepted_or_rejected_with_the_reason():
    judged = judge(f"ZSBH,注册状态,BZ\n{NUMBER},成功,\n{OTHER},退回,照片不符\n")
    assert judged.accepted[["number", "status", "reason"]].values.tolist() == [
        [NUMBER, "accepted", ""],
        [OTHER, "rejected", "照片不符"],
    ]


def test_without_a_status_column_a_reason_is_a_rejection():
    judged = judge(f"ZSBH,BZ\n{NUMBER},\n{OTHER},姓名不符\n")
    assert judged.accepted["status"].tolist() == ["accepted", "rejected"]


def test_the_installations_mapping_names_the_columns():
    judged = judge(
        f"证号,结论,说明\n{NUMBER},成功,\n", {"证号": "number", "结论": "status", "说明": "reason"}
    )
    assert judged.accepted["number"].tolist() == [NUMBER]


def test_a_number_that_was_not_sent_is_refused():
    judged = judge(f"ZSBH,注册状态,BZ\n{OTHER},成功,\nabc,成功,\n", numbers=frozenset({NUMBER}))
    assert codes_of(judged) == {2: "row-unknown-number", 3: "row-unknown-number"}


def test_an_unknown_status_is_never_taken_for_success():
    assert outcomes_of(judge(f"ZSBH,注册状态,BZ\n{NUMBER},处理中,\n")) == {2: "refused"}


def test_two_answers_for_one_number_are_held():
    judged = judge(f"ZSBH,注册状态,BZ\n{NUMBER},成功,\n{NUMBER},退回,x\n")
    assert outcomes_of(judged) == {2: "held", 3: "held"}
