"""The registry's answer (注册结果反馈): which numbers it accepted, which it rejected and why (T4).

Its format is not published, so columns and words are a mapping that the operator may change.
"""

from dataclasses import dataclass

import pandas as pd

import rules.refusals_documents  # noqa: F401  registers its codes
from rules.refusals import Refused

ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True)
class ReceiptMapping:
    """Where a receipt says what. Without a status column an empty reason means accepted."""

    key: str = "ZSBH"
    reason: str = "BZ"
    status: str = ""
    accepted: frozenset[str] = frozenset({"成功", "通过", "注册成功", "accepted"})
    rejected: frozenset[str] = frozenset({"失败", "退回", "不通过", "未通过", "rejected"})


def read_registry_receipt(frame: pd.DataFrame, mapping: ReceiptMapping | None = None) -> pd.DataFrame:
    """Return number, status (accepted or rejected) and reason, a row a certificate number.

    frame: the receipt as text. The same answer given twice counts once; rows without a number are left out.
    Raises Refused T4-receipt-column, T4-receipt-status, T4-receipt-conflict.
    """
    mapping = mapping or ReceiptMapping()
    _check_columns(frame, mapping)
    answers = pd.DataFrame(
        {"number": _cell(frame[mapping.key]), "status": ACCEPTED, "reason": _cell(frame[mapping.reason])}
    ).astype("str")
    answers["status"] = _status(frame, mapping, answers["reason"])
    answers = answers[answers["number"] != ""].drop_duplicates(ignore_index=True)
    twice = answers.loc[answers["number"].duplicated(), "number"]
    if len(twice):
        raise Refused("T4-receipt-conflict", value=twice.iloc[0])
    return answers


def _check_columns(frame: pd.DataFrame, mapping: ReceiptMapping) -> None:
    for column in filter(None, (mapping.key, mapping.reason, mapping.status)):
        if column not in frame:
            raise Refused("T4-receipt-column", column=column, found="、".join(map(str, frame.columns)))


def _status(frame: pd.DataFrame, mapping: ReceiptMapping, reasons: pd.Series) -> pd.Series:
    if not mapping.status:
        return pd.Series(ACCEPTED, index=frame.index, dtype="str").where(reasons == "", REJECTED)
    words = _cell(frame[mapping.status])
    known = dict.fromkeys(mapping.accepted, ACCEPTED) | dict.fromkeys(mapping.rejected, REJECTED)
    for word in words.unique():
        if word not in known:
            raise Refused("T4-receipt-status", value=word or "（空 empty）")
    return words.map(known).astype("str")


def _cell(values: pd.Series) -> pd.Series:
    return values.astype("str").fillna("").str.strip()
