"""The registry's receipt (学信网回执): which certificate numbers were registered, and why others were not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.columns import REGISTRY_RECEIPT
from rules.fields import Fields
from rules.repeats import mark_repeats
from rules.submission import Judged
from rules.verdicts import Verdicts

HEADINGS = {column.name: column.heading for column in REGISTRY_RECEIPT}
ACCEPTED = frozenset({"成功", "通过", "已注册", "注册成功", "accepted", "ok", "1"})
REJECTED = frozenset({"失败", "退回", "未通过", "不通过", "注册失败", "rejected", "error", "0"})


@dataclass(frozen=True)
class ReceiptContext:
    """What a receipt is judged against: the certificate numbers that were sent, and the words of its status.

    numbers: an empty set is not checked. Without a status column a row with a reason is a rejection.
    """

    numbers: frozenset[str] = field(default_factory=frozenset)
    accepted: frozenset[str] = ACCEPTED
    rejected: frozenset[str] = REJECTED


def judge_registry_receipt(
    table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: ReceiptContext | None = None
) -> Judged:
    """Judge a receipt; accepted: row, number, status ("accepted" or "rejected"), reason, package.

    package: our package that the registry answers, 0 where the receipt does not say.
    """
    ctx = ctx or ReceiptContext()
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    receipt = pd.DataFrame({"row": row, "number": fields.code("number")})
    fields.need("number", receipt["number"])
    malformed = ~receipt["number"].str.fullmatch(r"[0-9]{18}").to_numpy(dtype=bool)
    unknown = ~receipt["number"].isin(ctx.numbers).to_numpy(dtype=bool) if ctx.numbers else malformed
    fields.mark(malformed | unknown, "row-unknown-number", "number", receipt["number"])
    receipt["reason"] = fields.words("reason")
    receipt["status"] = receipt_statuses(fields, "status" in table, receipt["reason"], ctx)
    mark_repeats(receipt, "number", fields, verdicts)
    receipt["package"] = fields.words("package").map(package_named).astype(np.int64)
    kept = receipt[["row", "number", "status", "reason", "package"]]
    return Judged(kept[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def receipt_statuses(fields: Fields, has_column: bool, reasons: pd.Series, ctx: ReceiptContext) -> pd.Series:
    """Return "accepted" or "rejected" of each row; words that are neither are refused."""
    if not has_column:
        return reasons.map(lambda reason: "rejected" if reason else "accepted").astype("str")
    words = fields.words("status").str.lower()
    fields.need("status", words)
    known = dict.fromkeys(ctx.accepted, "accepted") | dict.fromkeys(ctx.rejected, "rejected")
    fields.mark(~words.isin(list(known)).to_numpy(dtype=bool), "row-bad-value", "status", words)
    return words.map(lambda word: known.get(word, "")).astype("str")


def upload_key(package: int, archived: str) -> str:
    """Return the key under which the registry knows one upload for ever. archived: SHA-256 of its bytes.

    >>> upload_key(17, "3f" * 32)[:12]
    '17-3f3f3f3f3'
    """
    return f"{package}-{archived}"


def package_named(text: str) -> int:
    """Return the package whose number, or key, a receipt repeats; 0 if it names none.

    >>> package_named("17-3f3f"), package_named("17"), package_named("")
    (17, 17, 0)
    """
    number = text.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


class Remedy(StrEnum):
    """What is to be done about a rejected row."""

    CORRECT = "correct"
    GOES_AGAIN = "goes-again"
    ANOTHER_PHOTO = "another-photo"


REMEDIES: Mapping[Remedy, tuple[str, str]] = {
    Remedy.CORRECT: (
        "请更正学籍信息、颁证数据或照片并重新上报文件；如系学信网有误，运行 biye registry again 数据包编号",
        "correct roster, certificate data or photo and send the file again; "
        "if the fault is the registry's, run biye registry again PACKAGE",
    ),
    Remedy.GOES_AGAIN: (
        "已更正，下次注册运行以原证书编号重新导出",
        "corrected: the next run of register exports it again under the same number",
    ),
    Remedy.ANOTHER_PHOTO: (
        "请分部重新上报该生照片，下次注册运行补报",
        "the branch sends another photo; the next run of register exports it",
    ),
}


def remedy_for(*, photo: bool, corrected: bool) -> Remedy:
    """Return what is to be done about a rejected row that has not gone again."""
    if corrected:
        return Remedy.GOES_AGAIN
    return Remedy.ANOTHER_PHOTO if photo else Remedy.CORRECT
