"""Why a single row is refused, held or a duplicate; the table of codes for rows of files (BAD_INPUT.md)."""

from rules.refusals import Reason, register
from rules.submission import Outcome

OUTCOME_OF: dict[str, Outcome] = {}

_FIX_ZH = "请改正该行后重新上报；其余各行已处理，不必重报。"
_FIX_EN = "Correct this row and send it again; the other rows are done."
_ASK_ZH = "该行暂缓，等待人工核实；请核对后联系总部，或更正后重报。"
_ASK_EN = "The row waits for a person; check it and contact HQ, or send a corrected one."
_REMEDIES = {
    Outcome.REFUSED: (_FIX_ZH, _FIX_EN),
    Outcome.HELD: (_ASK_ZH, _ASK_EN),
    Outcome.DUPLICATE: ("无需处理。", "Nothing to do."),
}


def row_reason(
    code: str,
    outcome: Outcome,
    zh: str,
    en: str,
    *,
    clause: str = "MODEL",
    remedy: tuple[str, str] | None = None,
) -> None:
    """Register a code for rows together with the outcome that it gives."""
    remedy_zh, remedy_en = remedy or _REMEDIES[outcome]
    register(Reason(code, clause, zh, en, remedy_zh, remedy_en))
    OUTCOME_OF[code] = outcome


_R, _H, _D = Outcome.REFUSED, Outcome.HELD, Outcome.DUPLICATE
_TEXT_CELLS = (
    "请把该列设为文本格式，重新录入后上报。",
    "Format the column as text, enter the value again and resend.",
)

row_reason(
    "row-ragged", _R, "该行有 {value} 个字段，与表头不符", "the row has {value} fields, unlike the header"
)
row_reason("row-missing", _R, "“{column}”为空", "{column} is empty")
row_reason("row-duplicate", _D, "与本文件中另一行完全相同", "says the same as another row of this file")
row_reason("row-already", _D, "与此前已接收的内容相同", "says what was accepted before")
row_reason(
    "row-no-cached-value",
    _R,
    "“{column}”是公式，文件中没有计算结果",
    "{column} is a formula without a stored value",
    remedy=(
        "请用 Excel 打开并保存，或粘贴为数值后重新上报。",
        "Open and save it in Excel, or paste as values; resend.",
    ),
)
row_reason("row-error-cell", _R, "“{column}”是 Excel 错误值 {value}", "{column} is the Excel error {value}")
row_reason(
    "row-numeric-id",
    _R,
    "“{column}”存成了数字，末几位已丢失",
    "{column} was stored as a number and has lost its last digits",
    remedy=_TEXT_CELLS,
)
row_reason(
    "row-scientific",
    _R,
    "“{column}”是科学计数法 {value}，原值已丢失",
    "{column} is in scientific notation {value}; the value is lost",
    remedy=_TEXT_CELLS,
)
row_reason("row-unknown-student", _R, "学籍库中没有学号 {value}", "no student has the number {value}")
row_reason(
    "row-other-branch",
    _R,
    "学号 {value} 不属于本单位；已作安全记录",
    "student {value} is another unit's; a security record was made",
    remedy=(
        "请删除该行；如学生已转入，请先更新学籍。",
        "Remove the row; if the student has moved, update the roster first.",
    ),
)
row_reason("row-unknown-course", _R, "没有课程 {value}", "no course {value}")
row_reason(
    "T1-not-practice",
    _R,
    "课程 {value} 不是综合实践环节（模块06）",
    "course {value} is not of module 06",
    clause="T1",
)
row_reason("row-unknown-score", _R, "成绩代码 {value} 不在代码表中", "score code {value} is not in the list")
row_reason(
    "row-bad-attempt", _R, "考试次数 {value} 不是1到99的整数", "attempt {value} is no number from 1 to 99"
)
row_reason(
    "row-bad-term", _R, "学期 {value} 不是 YYYY03 或 YYYY09", "term {value} is neither YYYY03 nor YYYY09"
)
row_reason("row-bad-code", _R, "“{column}”的值 {value} 不是代码", "{value} in {column} is no code")
row_reason(
    "row-conflict",
    _H,
    "同一学生、课程、考试、次数有不同成绩",
    "different scores for one student, course, exam, attempt",
)
row_reason(
    "row-correction",
    _H,
    "成绩与此前已接收的不同（原 → 新：{value}），原成绩仍有效，等待总部确认",
    "another score than was accepted before (old → new: {value}); the old one counts until HQ confirms this",
    clause="N3",
    remedy=("无需重报；总部确认后生效。", "Do not send it again; it counts once HQ has confirmed it."),
)
row_reason(
    "row-correction-rejected",
    _R,
    "总部未确认成绩更正（原 → 新：{value}），原成绩有效",
    "HQ did not confirm the correction (old → new: {value}); the old score counts",
    clause="N3",
    remedy=("请与总部核实后再上报。", "Settle it with HQ before sending it again."),
)
row_reason("row-bad-date", _R, "“{column}”的值 {value} 不是日期", "{value} in {column} is no date")
row_reason(
    "row-ambiguous-date",
    _R,
    "“{column}”的日期 {value} 有两种读法",
    "the date {value} in {column} can be read in two ways",
    remedy=("请写成 YYYY-MM-DD 后重新上报。", "Write it as YYYY-MM-DD and resend."),
)
row_reason("row-bad-check-digit", _R, "证件号 {value} 校验位不符", "ID {value} has a wrong check digit")
row_reason("row-bad-id", _R, "证件号 {value} 不是18位居民身份证号", "ID {value} is no 18-digit resident ID")
row_reason(
    "row-bad-id-date", _R, "证件号 {value} 中的出生日期无效", "the birth date inside ID {value} is invalid"
)
row_reason("row-id-15", _H, "证件号 {value} 是15位旧号", "ID {value} is an old number of 15 digits")
row_reason("row-id-birth", _H, "出生日期与证件号 {value} 不一致", "the birth date disagrees with ID {value}")
row_reason("row-id-sex", _H, "性别与证件号 {value} 不一致", "the sex disagrees with ID {value}")
row_reason("row-id-mismatch", _H, "证件号 {value} 与学籍不一致", "ID {value} disagrees with the roster")
row_reason("row-id-name", _H, "姓名与学籍不一致：{value}", "the name disagrees with the roster: {value}")
row_reason(
    "row-roster-mismatch",
    _H,
    "“{column}”的值 {value} 与学籍不一致",
    "{value} in {column} disagrees with the roster",
)
row_reason(
    "row-private-use", _H, "“{column}”含自造字：{value}", "{column} has a private-use character: {value}"
)
row_reason(
    "row-compatibility", _H, "“{column}”含兼容字：{value}", "{column} has a compatibility character: {value}"
)
row_reason(
    "row-same-key", _H, "同一学号在文件中有不同内容", "one student number stands here with different data"
)
row_reason("row-bad-value", _R, "“{column}”的值 {value} 不在允许范围", "{value} is not allowed in {column}")
row_reason("row-bad-student-no", _R, "学号 {value} 不是13位数字", "student number {value} is not 13 digits")
row_reason("row-unknown-programme", _R, "没有专业 {value}", "no programme {value}")
row_reason("row-unknown-centre", _R, "没有教学点 {value}", "no study centre {value}")
row_reason("row-bad-period", _R, "学习起止年月 {value} 读不懂", "the period of study {value} cannot be read")
row_reason("row-unknown-number", _R, "没有证书编号 {value}", "no certificate number {value}")
