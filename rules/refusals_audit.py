"""Why an audit is not passed: one code per rule, with clause, both languages and remedy (G0, R1, N8).

Details: needed, found, module. A decision keeps code, clause, needed and found of every unmet rule.
"""

from rules.refusals import Reason, register

_GRADES = (
    "补足学分后随新成绩参加下一批审核，无需重报审核数据。",
    "New grades bring the case into the next batch; the audit data need not be sent again.",
)
_AUDIT_DATA = (
    "请分部核实后重新上报该生的毕业审核数据。",
    "The branch checks this and sends the student's audit data again.",
)
_ROSTER = (
    "请核对学籍信息；如有误，请先更新学籍。",
    "Check the roster; if it is wrong, update it first.",
)

register(
    Reason(
        "G0-credits",
        "G0",
        "毕业总学分不足：最低 {needed}，现有 {found}",
        "graduation credits: at least {needed}, found {found}",
        *_GRADES,
    ),
    Reason(
        "G0-central-credits",
        "G0",
        "总部考试学分不足：最低 {needed}，现有 {found}",
        "centrally examined credits: at least {needed}, found {found}",
        *_GRADES,
    ),
    Reason(
        "G0-exempted-credits",
        "G0",
        "免修免考学分超限：最高 {needed}，现有 {found}",
        "exempted credits: at most {needed}, found {found}",
        "超出部分须以考试成绩替代。",
        "What exceeds the limit needs examination grades instead.",
    ),
    Reason(
        "G0-module-credits",
        "G0",
        "模块 {module} 学分不足：最低 {needed}，现有 {found}",
        "credits of module {module}: at least {needed}, found {found}",
        *_GRADES,
    ),
    Reason(
        "G0-module-central-credits",
        "G0",
        "模块 {module} 总部考试学分不足：最低 {needed}，现有 {found}",
        "centrally examined credits of module {module}: at least {needed}, found {found}",
        *_GRADES,
    ),
    Reason(
        "G0-unknown-programme",
        "G0",
        "专业规则中没有该专业（方向）：{found}",
        "no programme rules for {found}",
        "请总部补充专业规则，或更正学籍中的专业代码与方向。",
        "HQ adds the programme's rules, or the roster's code and direction are corrected.",
    ),
    Reason(
        "G0-conduct-appraisal",
        "G0",
        "思想品德鉴定：须有合格的鉴定，现为 {found}",
        "conduct appraisal: must be there and favourable, found {found}",
        *_AUDIT_DATA,
    ),
    Reason(
        "G0-discipline",
        "G0",
        "处分期内：{found}",
        "under disciplinary action: {found}",
        *_ROSTER,
    ),
    Reason(
        "G0-not-enrolled",
        "G0",
        "学籍状态须为 {needed}，现为 {found}",
        "enrolment status must be {needed}, found {found}",
        *_ROSTER,
    ),
    Reason(
        "G0-too-early",
        "G0",
        "修业未满最短年限：须在 {needed} 及以前入学，实为 {found}",
        "studied too few terms: entry in {needed} at the latest, found {found}",
        "请在满最短修业年限的毕业季申请。",
        "Apply in the season in which the terms are reached.",
    ),
    Reason(
        "N8-validity-over",
        "N8",
        "学籍有效期已过：须在 {needed} 及以后入学，实为 {found}",
        "enrolment is past its validity: entry in {needed} at the earliest, found {found}",
        "按学籍清理与延期的规定办理。",
        "The rules of cleanup and extension apply.",
    ),
    Reason(
        "G0-remedial-courses",
        "G0",
        "补修课程未完成：须 {needed}，现为 {found}",
        "remedial courses not done: {needed}, found {found}",
        *_GRADES,
    ),
    Reason(
        "G0-unified-exam",
        "G0",
        "统考未通过：须为 {needed}，现为 {found}",
        "unified exam: {needed}, found {found}",
        *_AUDIT_DATA,
    ),
    Reason(
        "G0-prior-credential",
        "G0",
        "前置学历核验未通过：须为 {needed}，现为 {found}",
        "prior credential check: {needed}, found {found}",
        *_AUDIT_DATA,
    ),
    Reason(
        "R1-branch-finding",
        "R1",
        "分部审核结论须为 {needed}，现为 {found}",
        "the branch's own finding must be {needed}, found {found}",
        *_AUDIT_DATA,
    ),
    Reason(
        "R1-photo-none",
        "R1",
        "没有毕业生照片",
        "no photo has come",
        "请上报该生照片。",
        "Send the student's photo.",
    ),
    Reason(
        "R1-photo-late",
        "R1",
        "照片须在 {needed} 及以前关联，实为 {found}",
        "the photo must be linked by {needed}, found {found}",
        "请核对照片关联日期后重新上报审核数据。",
        "Check the day of the photo's link and send the audit data again.",
    ),
)
