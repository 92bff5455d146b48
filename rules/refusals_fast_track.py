"""Refusals about the fast track's audit data: files that mix, students of another level (T3)."""

from rules.refusals_files import file_reason
from rules.refusals_rows import row_reason
from rules.submission import Outcome

file_reason(
    "T3-ordinary-rows",
    "{file} 是续读本科单独上报的数据，但第 {row} 行的“专升本”不是“是”",
    "{file} is for fast-track students alone, but rows {row} do not say 是 in 专升本",
    "请把这些行改在毕业审核数据（audit-data）中上报，其余各行单独上报。",
    "Report those rows with the ordinary audit data (audit-data), the others by themselves.",
    clause="T3",
)
file_reason(
    "T3-mixed",
    "{file} 混有续读本科学生：第 {row} 行的“专升本”为“是”，这些学生须单独上报",
    "{file} mixes in fast-track students: rows {row} say 是 in 专升本; they are reported separately",
    "请把这些行作为续读本科毕业审核数据（audit-data-fast-track）单独上报；不走单独上报的，也请另用一个文件。",
    "Report those rows as audit-data-fast-track; those who do not use that lane in a file of their own.",
    clause="T3",
)
row_reason(
    "T3-level",
    Outcome.REFUSED,
    "该生层次为“{value}”，不属于续读本科单独上报的范围",
    "a student of level {value} is not one of the fast track",
    clause="T3",
    remedy=(
        "请改在毕业审核数据（audit-data）中上报。",
        "Report the student with the ordinary audit data (audit-data).",
    ),
)
