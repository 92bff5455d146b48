"""Withdrawals (退学): the states of a cleanup's row, and the table that CHSI takes (N8, DOMAIN CHSI)."""

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from rules.registry_fields import Field

KIND_OF_WITHDRAWAL = "退学"  # ZXLX
WITHDRAWN = "退学"  # as the roster's status says it


class WithdrawalState(StrEnum):
    """How far a candidate's withdrawal has come."""

    LISTED = "listed"  # a candidate; with a finding that protects, nobody to withdraw
    CLEARED = "cleared"  # no candidate any more
    APPROVED = "approved"  # by a person other than the proposer
    EXPORTED = "exported"  # in a package that awaits its upload
    SENT = "sent"  # uploaded; no answer yet
    ACCEPTED = "accepted"
    REJECTED = "rejected"


MOVES: Mapping[WithdrawalState, frozenset[WithdrawalState]] = {
    WithdrawalState.LISTED: frozenset({WithdrawalState.CLEARED, WithdrawalState.APPROVED}),
    WithdrawalState.CLEARED: frozenset({WithdrawalState.LISTED}),
    WithdrawalState.APPROVED: frozenset({WithdrawalState.EXPORTED, WithdrawalState.LISTED}),
    WithdrawalState.EXPORTED: frozenset(
        {WithdrawalState.SENT, WithdrawalState.APPROVED, WithdrawalState.LISTED}
    ),
    WithdrawalState.SENT: frozenset({WithdrawalState.ACCEPTED, WithdrawalState.REJECTED}),
    WithdrawalState.REJECTED: frozenset({WithdrawalState.EXPORTED, WithdrawalState.LISTED}),
    WithdrawalState.ACCEPTED: frozenset(),
}
CHINESE = {
    WithdrawalState.LISTED: "待处理",
    WithdrawalState.CLEARED: "不再清理",
    WithdrawalState.APPROVED: "已批准退学",
    WithdrawalState.EXPORTED: "已导出",
    WithdrawalState.SENT: "已上报",
    WithdrawalState.ACCEPTED: "上报成功",
    WithdrawalState.REJECTED: "上报被退回",
}
FIELDS = (
    Field("KSH", 18),  # 考生号
    Field("XH", 20),  # 学号
    Field("XM", 40),  # 姓名
    Field("SFZH", 18),  # 身份证号
    Field("ZXLX", 10),  # 注销类型
    Field("PZRQ", 8),  # 批准日期
    Field("WH", 80),  # 文号
)


def sources_of(target: WithdrawalState) -> list[str]:
    """Return the states from which a move leads to another."""
    return [state.value for state, following in MOVES.items() if target in following]


def withdrawal_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """Return CHSI's row of each withdrawal: the columns of FIELDS, all text.

    rows: exam_no, student_no, name, id_number, approved_on (date), document_no. Personal data.
    """
    fields = {
        "KSH": rows["exam_no"],
        "XH": rows["student_no"],
        "XM": rows["name"],
        "SFZH": rows["id_number"].str.upper(),
        "ZXLX": pd.Series(KIND_OF_WITHDRAWAL, index=rows.index),
        "PZRQ": rows["approved_on"].map("{:%Y%m%d}".format),
        "WH": rows["document_no"],
    }
    return pd.DataFrame(fields, columns=[field.name for field in FIELDS]).astype("str")
