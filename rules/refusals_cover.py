"""Refusals about certificate covers: of rows, of a season without them, of a file that is late (N6)."""

from rules.refusals import Reason, register
from rules.refusals_rows import row_reason
from rules.submission import Outcome

row_reason(
    "N6-quantity",
    Outcome.REFUSED,
    "“{column}”的值 {value} 不是 0 到 999999 的整数",
    "{value} in {column} is no whole number from 0 to 999999",
    clause="N6",
)
row_reason(
    "N6-same-level",
    Outcome.HELD,
    "同一层次（{value}）在文件中有不同数量",
    "different quantities stand here for one level ({value})",
    clause="N6",
)
register(
    Reason(
        "covers-off",
        "N6",
        "{season} 毕业季没有封皮征订。",
        "season {season} orders no covers.",
        "如需征订，请在政策包中写明 covers，并用 biye season amend 修订。",
        "To order covers, say `covers` in the pack and amend the season with biye season amend.",
    ),
    Reason(
        "covers-folder",
        "N6",
        "无法写入 {place}：{why}",
        "{place} cannot be written: {why}",
        "请换一个可写的位置。",
        "Name a place that can be written.",
    ),
    Reason(
        "sender-not-hq",
        "N6",
        "{kind_zh}（{kind}）由分部或学院上报，总部 010 须用 --branch 指明单位。",
        "{kind} is a unit's own; HQ (010) has to name whose with --branch.",
        "请指明分部或学院的三位代码。",
        "Name the three digits of a branch or college.",
    ),
)
