"""What a unit gets back for a file: the receipt (回执) and, where rows were not accepted, the error
workbook.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

import rules.photos
import rules.refusals_cover
import rules.refusals_exemption
import rules.refusals_rows
import rules.refusals_windows  # noqa: F401  these register the codes that rows can have
from rules.refusals import REASONS, BiyeError
from rules.submission import KINDS, OUTCOMES_ZH, Outcome
from tasks.workbook_rows import as_text, workbook

HEADINGS = ("文件", "工作表", "行", "列", "结果", "代码", "说明", "值", "处理办法", "Explanation", "Remedy")
MOST_ROWS = 100_000  # in one workbook; the rest is counted in its last line
_ROW, _VALUE = "\ufdd0", "\ufdd1"  # stand in a sentence for what each row says: no characters of any text
_WIDTHS = (24, 12, 8, 14, 14, 22, 44, 24, 50, 44, 44)


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt says of one submission; counts by outcome, times in Asia/Shanghai."""

    receipt: str
    season: str
    branch: str
    kind: str
    filename: str
    sha256: str
    received_at: datetime
    counts: Mapping[str, int]
    batch: int | None = None
    parked_until: datetime | None = None
    notes: tuple[str, ...] = ()


def error_workbook(
    verdicts: pd.DataFrame, filename: str, sheet: str = "", details: Mapping[str, object] | None = None
) -> bytes:
    """Return an XLSX with a line per row that was not accepted: where, why, and what to do next.

    verdicts: row, column, code, outcome, value (IDs masked), as in Judged. details: what
    the sentences of parked rows need (rules.windows.details).
    """
    lines: list[tuple[str | int, ...]] = list(error_lines(verdicts.head(MOST_ROWS), filename, sheet, details))
    if len(verdicts) > MOST_ROWS:
        lines.append((f"另有 {len(verdicts) - MOST_ROWS} 行未列出",))
    return workbook("未接收的行", _WIDTHS, [HEADINGS], lines)


def error_lines(
    verdicts: pd.DataFrame, filename: str, sheet: str = "", details: Mapping[str, object] | None = None
) -> Iterator[tuple[str | int, ...]]:
    """Yield the cells of each line of an error workbook, in the order of HEADINGS."""
    known: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
    columns = (verdicts[name].tolist() for name in ("row", "column", "code", "outcome", "value"))
    for row, *said, value in zip(*columns, strict=True):
        column, code, outcome = said
        if (column, code, outcome) not in known:
            where = {"file": filename, "sheet": sheet, "column": column, "row": _ROW, "value": _VALUE}
            same = (filename, sheet, column, OUTCOMES_ZH.get(outcome, outcome), code)
            told = explained(code, {**(details or {}), **where})
            known[column, code, outcome] = [*map(as_text, same)], [*map(as_text, told)]
        (file, page, *rest), told_here = known[column, code, outcome]
        zh, remedy_zh, en, remedy_en = (_filled(text, str(row), value) for text in told_here)
        yield (file, page, row, *rest, zh, as_text(value), remedy_zh, en, remedy_en)


def _filled(text: str, row: str, value: str) -> str:
    """Return a sentence of a code as one row has it."""
    text = text.replace(_ROW, row)
    return as_text(text.replace(_VALUE, value)) if _VALUE in text else text


def explained(code: str, where: Mapping[str, object]) -> tuple[str, str, str, str]:
    """Return sentence and remedy in Chinese, then in English, of a code; the code itself if nobody
    registered it.
    """
    if code not in REASONS:
        return code, "", code, ""
    error = BiyeError(code, **where)
    zh, en = error.text("zh").split("\n", 1), error.text("en").split("\n", 1)
    return zh[0].split(" · ", 1)[1], zh[1], en[0].split(" · ", 1)[1], en[1]


def receipt_file(facts: ReceiptFacts) -> bytes:
    """Return the receipt as CSV in UTF-8 with BOM, so that Excel shows Chinese."""
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(("项目", "内容"))
    lines.writerows((name, as_text(value)) for name, value in receipt_lines(facts))
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def receipt_lines(facts: ReceiptFacts) -> list[tuple[str, str]]:
    """Return the lines of a receipt: what was received when, and what became of its rows."""
    lines = [
        ("回执编号", facts.receipt),
        ("毕业批次", facts.season),
        ("审核批次", "" if facts.batch is None else str(facts.batch)),
        ("上报单位", facts.branch),
        ("上报类型", f"{KINDS[facts.kind].zh}（{facts.kind}）"),
        ("文件", facts.filename),
        ("SHA-256", facts.sha256),
        ("收到时间", facts.received_at.strftime("%Y-%m-%d %H:%M:%S %z")),
        ("读取行数", str(sum(facts.counts.values()))),
    ]
    lines += [(OUTCOMES_ZH[outcome], str(facts.counts.get(outcome, 0))) for outcome in Outcome]
    if facts.parked_until is not None:
        lines.append(("暂存至", facts.parked_until.strftime("%Y-%m-%d %H:%M %z")))
    return lines + [("说明", note) for note in facts.notes]
