"""Columns of every kind of file: our name, the Chinese heading, the headings that branches use instead."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class SheetColumn:
    """One column: name (ours), heading (Chinese), aliases, whether a file must have it, example, hint.

    used: whether anything is done with what it says; else it is only known as no stranger.
    """

    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = True
    example: str = ""
    hint: str = ""
    used: bool = True


DBF_NAME = 10  # bytes of GB18030 that the name of a DBF field can have


def dbf_name(heading: str) -> str:
    """Return as much of a heading as names a field of a DBF table: ten bytes, whole characters.

    >>> dbf_name("综合成绩代码")
    '综合成绩代'
    """
    return heading.encode("gb18030")[:DBF_NAME].decode("gb18030", "ignore")


def dbf_headings(columns: Iterable[SheetColumn]) -> dict[str, str]:
    """Return cut heading or alias → our name; one that could be two columns (形成性考核…) names neither."""
    named: dict[str, set[str]] = {}
    for column in columns:
        for heading in (column.heading, *column.aliases):
            named.setdefault(dbf_name(heading), set()).add(column.name)
    return {heading: names.pop() for heading, names in named.items() if len(names) == 1}


STUDENT_NO = SheetColumn(
    "student_no", "学号", ("学生学号", "学籍号"), True, "1911001200001", "13位，文本格式"
)
NAME = SheetColumn("name", "姓名", ("学生姓名", "学员姓名"), True, "张三", "与学籍一致；间隔号用·")
SEX = SheetColumn("sex", "性别", (), True, "女", "男或女")
BIRTH_DATE = SheetColumn("birth_date", "出生日期", ("出生年月日",), True, "1990-03-07", "YYYY-MM-DD")
ID_NUMBER = SheetColumn(
    "id_number",
    "证件号",
    ("证件号码", "身份证号", "身份证号码"),
    True,
    "999999199003070020",
    "18位，文本格式",
)
COURSE = SheetColumn("course", "课程ID", ("课程id", "课程代码", "课程编号"), True, "00001", "5位，文本格式")
LEVEL = SheetColumn("level", "层次", ("专业层次", "学生层次"), True, "专科", "本科或专科")
DIRECTION = SheetColumn("direction", "专业方向", ("方向",), True, "", "无方向则留空")

ROSTER = (
    STUDENT_NO,
    NAME,
    SEX,
    BIRTH_DATE,
    SheetColumn("ethnicity", "民族", (), True, "汉族", ""),
    SheetColumn("id_type", "证件类型", ("证件种类",), True, "居民身份证", "居民身份证、护照等"),
    ID_NUMBER,
    SheetColumn("exam_no", "考生号", (), True, "", "可留空"),
    LEVEL,
    SheetColumn("programme_code", "专业代码", (), True, "0101", "文本格式，保留前导零"),
    DIRECTION,
    SheetColumn("entry_term", "入学学期", ("入学年季", "年度学期"), True, "201703", "YYYY03或YYYY09"),
    SheetColumn("centre", "教学点代码", ("学习中心代码",), True, "1100101", "7位，文本格式"),
    SheetColumn("status", "学籍状态", (), True, "在籍", ""),
    SheetColumn("discipline", "处分", ("处分情况",), True, "", "无则留空"),
)

SCORE_SHEET = (
    STUDENT_NO,
    COURSE,
    SheetColumn("exam_code", "考试代码", (), True, "202001", "文本格式"),
    SheetColumn("category", "考试类别代码", ("考试类别",), True, "01", "文本格式"),
    SheetColumn("paper_no", "试卷号", (), False, "1001", "可留空", used=False),
    SheetColumn("paper_score", "试卷成绩代码", ("卷面成绩代码",), False, "78", "可留空", used=False),
    SheetColumn(
        "coursework_score", "形考成绩代码", ("形成性考核成绩代码",), False, "90", "可留空", used=False
    ),
    SheetColumn("coursework_share", "形考比例", ("形成性考核比例",), False, "30%", "可留空", used=False),
    SheetColumn("score_code", "综合成绩代码", ("综合成绩",), True, "82", "按成绩代码表，文本格式"),
    SheetColumn("centre", "教学点代码", ("学习中心代码",), False, "1100101", "可留空", used=False),
    SheetColumn("exam_unit", "考试单位类型", ("考试单位",), False, "1", "1中央 2省级", used=False),
    SheetColumn("attempt", "考试次数", ("次数",), True, "1", "从1开始的整数"),
)

TERM = SheetColumn("term", "学期", ("考试学期", "开考学期"), True, "201903", "YYYY03或YYYY09")
SCORE_SHEET_WITH_TERM = (*SCORE_SHEET, TERM)

AUDIT_DATA = (
    STUDENT_NO,
    NAME,
    ID_NUMBER,
    SheetColumn("applied_on", "申请日期", ("毕业申请日期",), True, "2019-11-20", "YYYY-MM-DD"),
    SheetColumn("photo_linked_on", "照片关联日期", (), True, "2019-11-10", "YYYY-MM-DD；无照片则留空"),
    SheetColumn("conduct", "思想品德鉴定", ("品德鉴定",), True, "合格", ""),
    SheetColumn("unified_exam", "统考结果", ("统考",), True, "通过", "不要求则留空"),
    SheetColumn("remedial", "补修结果", ("补修",), True, "", "不要求则留空"),
    SheetColumn("prior_credential", "前置学历核验", ("前置学历",), True, "通过", "不要求则留空"),
    SheetColumn(
        "continuing", "专升本", ("专升本(是/否)", "专升本（是/否）", "续读本科"), True, "否", "是或否"
    ),
    SheetColumn("branch_finding", "分部审核结论", ("审核结论",), True, "通过", "通过或不通过"),
    SheetColumn("branch_auditor", "审核人", ("分部审核人",), True, "李四", ""),
    SheetColumn("branch_audited_on", "审核日期", ("分部审核日期",), True, "2019-11-25", "YYYY-MM-DD"),
)

AUDIT_DATA_FAST_TRACK = tuple(
    replace(column, example="是", hint="须全部为“是”") if column.name == "continuing" else column
    for column in AUDIT_DATA
)

EXEMPTION = (
    STUDENT_NO,
    COURSE,
    SheetColumn("kind", "类型", ("申请类型", "免修免考类型"), True, "免修", "免修、免考或免修免考"),
    SheetColumn("reason", "理由", ("申请理由", "免修免考理由"), True, "已取得相同课程学分", ""),
    SheetColumn("handed_in", "递交日期", ("申请日期",), True, "2019-12-05", "YYYY-MM-DD；以总部收到时间为准"),
)

CERTIFICATE_DATA = (
    STUDENT_NO,
    NAME,
    SEX,
    BIRTH_DATE,
    SheetColumn("programme", "专业名称", ("专业",), True, "行政管理", ""),
    DIRECTION,
    LEVEL,
    SheetColumn(
        "study_period", "学习起止年月", ("学习起止时间", "起止年月"), True, "201703-202001", "YYYYMM-YYYYMM"
    ),
    SheetColumn("school_years", "学制", (), True, "2.5", "年"),
    SheetColumn("partner", "合作高校", ("合作院校",), True, "", "无则留空"),
)

PHOTOS = (
    SheetColumn("member", "照片文件", (), True, "999999199003070020.jpg", "文件名为大写证件号；480×640 JPEG"),
)

URGENT_REQUEST = (
    STUDENT_NO,
    SheetColumn("reason", "理由", ("加急理由", "申请理由"), True, "已录用，须于月底前提交证书", "为何加急"),
)

COVER_ESTIMATE = (
    LEVEL,
    SheetColumn("quantity", "数量", ("征订数量", "封皮数量", "份数"), True, "120", "0或正整数"),
    SheetColumn("note", "说明", ("情况说明",), False, "", "与毕业生人数相差较大时须说明"),
)

REGISTRY_RECEIPT = (
    SheetColumn(
        "number", "ZSBH", ("证书编号", "学历证书编号", "电子注册号"), True, "511618202006000001", "18位"
    ),
    SheetColumn("status", "注册状态", ("状态", "处理结果", "ZT"), False, "成功", ""),
    SheetColumn("reason", "BZ", ("原因", "备注", "失败原因"), False, "", "退回原因"),
    SheetColumn("package", "PCH", ("上报批号", "批号"), False, "", "我方注册数据包编号，可留空"),
)

EXTENSION = (
    SheetColumn(
        "student_no", "学号", STUDENT_NO.aliases, True, STUDENT_NO.example, "13位；零报告只填一行，写“无”"
    ),
    SheetColumn("applied_on", "申请日期", ("延期申请日期",), True, "2020-04-20", "YYYY-MM-DD"),
    SheetColumn("reason", "理由", ("申请理由", "延期理由"), True, "尚缺一门课程成绩", ""),
    SheetColumn(
        "attachment", "附件", ("申请书", "附件名"), True, "申请书.pdf", "申请书扫描件文件名（PDF、JPEG、PNG）"
    ),
)

EXTENSION_HISTORY = (
    STUDENT_NO,
    SheetColumn("valid_until", "延期至", ("有效期至", "延期至学期"), True, "201909", "YYYY03或YYYY09"),
    SheetColumn("document_no", "批准文号", ("文号",), True, "延〔2019〕1号", ""),
    SheetColumn("decided_on", "批准日期", (), True, "2019-05-20", "YYYY-MM-DD"),
)

WITHDRAWAL_RECEIPT = (
    SheetColumn("student_no", "XH", ("学号",), False, "1111001200001", "学号与考生号至少有一列"),
    SheetColumn("exam_no", "KSH", ("考生号",), False, "", "学号与考生号至少有一列"),
    SheetColumn("status", "处理状态", ("状态", "处理结果", "ZT"), False, "成功", ""),
    SheetColumn("reason", "BZ", ("原因", "备注", "失败原因"), False, "", "退回原因"),
)

ALL_HEADINGS = tuple(
    sorted(
        {
            heading
            for columns in (
                ROSTER,
                SCORE_SHEET_WITH_TERM,
                AUDIT_DATA,
                CERTIFICATE_DATA,
                EXEMPTION,
                URGENT_REQUEST,
                COVER_ESTIMATE,
                REGISTRY_RECEIPT,
                EXTENSION,
                EXTENSION_HISTORY,
                WITHDRAWAL_RECEIPT,
            )
            for column in columns
            for heading in (column.heading, *column.aliases)
            if not heading.isascii() and len(heading) > 1
        }
    )
)
