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
        "unmasked-nameless",
        "N5",
        "显示完整个人信息须写明查看人。",
        "Personal data are shown in full only to somebody with a name.",
        "请用 --by 写明姓名。",
        "Give a name with --by.",
    ),
)
