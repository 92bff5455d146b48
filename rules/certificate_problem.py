"""What a student or unit finds wrong on a certificate, and how it is put right (N5).

A problem has a field, an owner and a clock. A correction needs evidence and a second person; the sheet is
printed again under the same number, and what was registered is corrected at CHSI, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.names import clean_name, doubt_name
from rules.refusals import Reason, Refused, register


class ProblemState(StrEnum):
    """How far a problem has come."""

    OPEN = "open"
    PROPOSED = "proposed"  # a correction waits for a second person
    CORRECTED = "corrected"
    DISMISSED = "dismissed"  # nothing is wrong


CHINESE = {
    ProblemState.OPEN: "待处理",
    ProblemState.PROPOSED: "更正待审批",
    ProblemState.CORRECTED: "已更正",
    ProblemState.DISMISSED: "经核实无误",
}
PROBLEM = "certificate-problem"  # the reason of the hold on its hand-over
SHEET, RECORD = "certificate", "record"  # what is wrong: the sheet, or the public record alone
ABOUT_ZH = {SHEET: "证书", RECORD: "学信网信息"}
REGISTRY_WANTED, REGISTRY_DONE = "wanted", "done"  # whether CHSI has to correct its record, and has

register(
    Reason(
        "N5-problem-field",
        "N5",
        "证书上没有栏目 {field}。",
        "A certificate has no field {field}.",
        "可用：{allowed}。",
        "Allowed: {allowed}.",
    ),
    Reason(
        "N5-problem-unknown",
        "N5",
        "没有证书问题 {problem}。",
        "There is no certificate problem {problem}.",
        "用 biye certificate problems 毕业季 查看。",
        "See biye certificate problems SEASON.",
    ),
    Reason(
        "N5-problem-settled",
        "N5",
        "证书问题 {problem} 的状态是{state}，不能再处理。",
        "Certificate problem {problem} is {state_en}: this cannot be done any more.",
        "用 biye certificate problems 毕业季 查看；仍有错误的请重新登记。",
        "See biye certificate problems SEASON; open a new one if something is still wrong.",
    ),
    Reason(
        "N5-problem-record",
        "N5",
        "证书问题 {problem} 是学信网信息有误，证书无误，不重印。",
        "Problem {problem} is of the CHSI record alone: the certificate is right and not printed again.",
        "请由学信网更正后登记：biye certificate registry-corrected {problem} --document 文号 --by 姓名。",
        "Once CHSI corrected it: biye certificate registry-corrected {problem} --document NUMBER --by NAME.",
    ),
    Reason(
        "N5-problem-evidence",
        "N5",
        "证书更正须附证明材料，所附文件为空。",
        "A correction needs evidence; the file is empty.",
        "请用 --evidence 附上身份证或批件的扫描件。",
        "Give a scan of the identity card or decision with --evidence.",
    ),
    Reason(
        "N5-problem-value",
        "N5",
        "{field}的正确内容写法不对。",
        "This is no possible value of {field_en}.",
        "姓名写汉字或字母，性别写男或女，出生日期写 YYYY-MM-DD；其他栏目由分部重报数据更正，不写 --right。",
        "Name; sex 男 or 女; birth date YYYY-MM-DD. Other fields are corrected by data, without --right.",
    ),
    Reason(
        "N5-problem-registry",
        "N5",
        "证书问题 {problem} 没有待更正的学历注册。",
        "No registration waits to be corrected for problem {problem}.",
        "注册成功后的数据才由学信网更正；尚未成功的，更正后随下次上报。",
        "CHSI corrects what was accepted; before that the corrected row is sent with the next package.",
    ),
)


def _name(text: str) -> str:
    name = clean_name(text)
    if not name or doubt_name(name):
        raise ValueError(text)
    return name


def _sex(text: str) -> str:
    return {"男": "男", "女": "女"}[text.strip()]


@dataclass(frozen=True)
class ProblemField:
    """One field of a certificate. read: its value as a student's record has it; None: corrected by data."""

    code: str
    zh: str
    read: Callable[[str], str | date] | None = None


FIELDS: Mapping[str, ProblemField] = {
    one.code: one
    for one in (
        ProblemField("name", "姓名", _name),
        ProblemField("sex", "性别", _sex),
        ProblemField("birth_date", "出生日期", lambda text: date.fromisoformat(text.strip())),
        ProblemField("programme", "专业"),
        ProblemField("study", "学习起止"),
        ProblemField("school", "校名"),
        ProblemField("photo", "照片"),
        ProblemField("other", "其他"),
    )
}


def field_named(text: str) -> ProblemField:
    """Return a field by its Chinese name or code; Refused N5-problem-field."""
    wanted = text.strip()
    for field in FIELDS.values():
        if wanted in (field.code, field.zh):
            return field
    raise Refused("N5-problem-field", field=wanted, allowed="、".join(one.zh for one in FIELDS.values()))


def check_sheet(problem: int, about: str) -> None:
    """Refuse to print a certificate again whose record alone is wrong (N5-problem-record)."""
    if about != SHEET:
        raise Refused("N5-problem-record", problem=problem)


def right_value(field: ProblemField, text: str) -> str:
    """Return a right value as it is kept, empty if none is given; Refused N5-problem-value."""
    if not text.strip():
        return ""
    try:
        if field.read is None:
            raise ValueError(field.code)
        return str(field.read(text))
    except (ValueError, KeyError):
        raise Refused("N5-problem-value", field=field.zh, field_en=field.code) from None
