"""Refusals of looking at a student's case, and of looking at personal data without a name."""

from rules.refusals import Reason, register

register(
    Reason(
        "case-unknown-student",
        "N9",
        "没有学号为 {student_no} 的学生。",
        "There is no student {student_no}.",
        "请核对学号；学生信息随学籍信息（roster）上报后才有。",
        "Check the student number; students come in with the roster.",
    ),
    Reason(
        "case-none",
        "N9",
        "学号 {student_no} 没有{season}毕业个案。",
        "Student {student_no} has no case{season_en}.",
        "毕业审核数据上报后才有个案；请核对分部 {branch} 是否已上报、是否被退回（biye submission list）。",
        "The audit data of branch {branch} makes a case; ask whether they were sent (biye submission list).",
    ),
    Reason(
        "case-unplaced",
        "N3",
        "学号 {student_no} 毕业审核未通过，还没有排队位置。",
        "Student {student_no} has not passed the audit and has no place yet.",
        "biye case show 学号 说明未通过的原因。",
        "biye case show STUDENT_NO says why.",
    ),
    Reason(
        "case-no-place",
        "N3",
        "{season} 第 {batch} 批没有第 {place} 个证书编号。",
        "Batch {batch} of {season} has no certificate number in place {place}.",
        "请核对批次和序号；序号从 1 开始。",
        "Check batch and place; places count from 1.",
    ),
    Reason(
        "unmasked-nameless",
        "N5",
        "显示完整个人信息须写明查看人。",
        "Personal data are shown in full only to somebody with a name.",
        "请用 --by 写明姓名。",
        "Give a name with --by.",
    ),
)
