"""CHSI's receipt of withdrawals (退学上报回执): by student number (XH) or candidate number (KSH) (N8)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_cleanup  # noqa: F401  registers its codes
from rules.columns import WITHDRAWAL_RECEIPT
from rules.fields import Fields
from rules.refusals_files import refused_file
from rules.registry_receipt import ReceiptContext, receipt_statuses
from rules.repeats import mark_repeats
from rules.submission import Judged, Kind
from rules.verdicts import Verdicts
from rules.withdrawal import WithdrawalState

HEADINGS = {column.name: column.heading for column in WITHDRAWAL_RECEIPT}


def judge_withdrawal_receipt(
    table: pd.DataFrame, row: npt.NDArray[np.int64], sent: pd.DataFrame, filename: str
) -> Judged:
    """Judge a receipt; accepted: row, withdrawal_id, status ("accepted" or "rejected"), reason.

    sent: the withdrawals that were sent, answered or not: id, state, student_no, exam_no.
    Raises Refused file-missing-column.
    """
    key = next((name for name in ("student_no", "exam_no") if name in table), "")
    if not key:
        raise refused_file("file-missing-column", filename, column="XH", kind=Kind.WITHDRAWAL_RECEIPT)
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    numbers = fields.code(key)
    fields.need(key, numbers)
    newest = sent.sort_values("id").drop_duplicates("student_no", keep="last")
    known = newest.drop_duplicates(key, keep=False).set_index(key)  # of two alike nobody knows which
    found, states = numbers.map(known["id"]), numbers.map(known["state"])
    fields.mark(found.isna().to_numpy(dtype=bool), "row-unknown-withdrawal", key, numbers)
    answered = found.notna() & (states != WithdrawalState.SENT.value)
    fields.mark(answered.to_numpy(dtype=bool), "row-already", key, numbers)
    receipt = pd.DataFrame({"row": row, "withdrawal_id": found.fillna(0).astype("int64")})
    receipt["reason"] = fields.words("reason")
    receipt["status"] = receipt_statuses(fields, "status" in table, receipt["reason"], ReceiptContext())
    mark_repeats(receipt, "withdrawal_id", fields, verdicts)
    return Judged(receipt[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)
