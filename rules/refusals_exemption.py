"""Refusals about exemption applications: of rows, of the audit, of a withdrawal (R3)."""

from rules.refusals import Reason, register
from rules.refusals_rows import row_reason
from rules.submission import Outcome

row_reason(
    "R3-practice",
    Outcome.REFUSED,
    "课程 {value} 是综合实践环节（模块06），不得免修免考",
    "course {value} is comprehensive practice (module 06), which can never be exempted",
    clause="R3",
    remedy=("请删除该行；该课程须取得成绩。", "Remove the row; this course needs a grade."),
)
row_reason(
    "row-same-course",
    Outcome.HELD,
    "同一学生同一课程（{value}）在文件中有不同申请",
    "two different applications stand here for one student and course ({value})",
    clause="R3",
)
row_reason(
    "row-exemption-differs",
    Outcome.HELD,
    "该生该课程此前已有内容不同的申请，先收到的有效",
    "another application for this student and course was received before; that one counts",
    clause="R3",
)

_WITHDRAW = (
    "可由分部提出撤回该申请：biye exemption withdraw，经总部批准后重新审核。",
    "The branch may ask to withdraw it: biye exemption withdraw; once HQ approves, the audit is made anew.",
)
register(
    Reason(
        "R3-exemption-late",
        "R3",
        "免修免考申请须在 {needed} 及以前收到，实为 {found}；本季不予毕业，转入 {season} 及以后的毕业季",
        "exemption applications must be received by {needed}, found {found}; the student moves to {season}",
        "请在 {season} 及以后的毕业季申请毕业；如无此申请也能毕业，可撤回申请。",
        "Apply in season {season} or later; if the audit passes without it, it may be withdrawn.",
    ),
    Reason(
        "R3-exemption-withdrawable",
        "R3",
        "不计迟交申请的课程（{found}）仍符合其余全部毕业条件",
        "without the courses of the late application ({found}) every other condition is met",
        *_WITHDRAW,
    ),
    Reason(
        "exemption-none",
        "R3",
        "学生 {student_no} 没有课程 {course} 的有效免修免考申请。",
        "student {student_no} has no standing exemption application for course {course}.",
        "请核对学号和课程：biye exemption list。",
        "Check student and course: biye exemption list.",
    ),
    Reason(
        "exemption-in-time",
        "R3",
        "学生 {student_no} 课程 {course} 的申请按时收到，不影响本季毕业，无需撤回。",
        "the application of student {student_no} for course {course} is in time and stops nothing.",
        "无需处理。",
        "Nothing to do.",
    ),
    Reason(
        "exemption-other-branch",
        "R3",
        "学生 {student_no} 不属于单位 {branch}，不能由其提出撤回。",
        "student {student_no} is not of unit {branch}, which cannot ask for this.",
        "请由学生所属分部提出。",
        "The student's own branch has to ask.",
    ),
    Reason(
        "exemption-needed",
        "R3",
        "现行审核决定未认定学生 {student_no} 不计该申请即可毕业，不能撤回。",
        "the decision in force does not say that student {student_no} passes without the application.",
        "请先运行审核，再看 biye case show；尚缺其他条件的，待新成绩审核后再提出。",
        "Run the audit and see biye case show; where more is missing, ask again after new grades.",
    ),
)
