"""Why a case does not go into the urgent lane, or the lane does not work now (N4)."""

from rules.refusals import Reason, register

register(
    Reason(
        "N4-urgent-off",
        "N4",
        "{season} 毕业季没有加急办理。",
        "season {season} has no urgent lane.",
        "请按正常顺序办理。",
        "Cases go in their order.",
    ),
    Reason(
        "N4-urgent-over",
        "N1",
        "{season} 毕业季的审核已于 {until} 截止，不再加急。",
        "the audit of season {season} ended at {until}; nobody is named urgent any more.",
        "已审批的照常制证；其他学生请按下一毕业季申请。",
        "What is approved goes on; others apply in the next season.",
    ),
    Reason(
        "N4-urgent-vacation",
        "N4",
        "总部 {first} 至 {last} 放寒假，加急暂停。",
        "HQ is on vacation from {first} to {last}; the urgent lane rests.",
        "假期结束后再办；如须假期办理，请在政策包中设 urgent.in_vacation: true。",
        "Do it after the vacation, or let the season's pack say urgent.in_vacation: true.",
    ),
    Reason(
        "N4-urgent-reason",
        "N4",
        "须写明加急理由：学号 {student_no} 没有分部的加急申请。",
        "a reason is needed: no unit asked for student {student_no}.",
        "请用 --reason 写明理由。",
        "Give it with --reason.",
    ),
    Reason(
        "N4-urgent-already",
        "N4",
        "学号 {student_no} 已在加急办理。",
        "student {student_no} is in the urgent lane already.",
        "请从名单中去掉该生。",
        "Leave the student out.",
    ),
    Reason(
        "N4-urgent-lane",
        "N4",
        "学号 {student_no} 属于“{lane}”，另有办理顺序，不转加急。",
        "student {student_no} is in the lane {lane}, which has a place of its own.",
        "续读本科的学生由分部提前单独上报；请与总部联系。",
        "Fast-track students are reported early by their branch; contact HQ.",
    ),
    Reason(
        "N4-urgent-approved",
        "N4",
        "学号 {student_no} 的审核已审批，证书按名单顺序办理。",
        "the audit of student {student_no} is approved; the certificate goes with its lot.",
        "尚未编号的，可先撤回审批（biye approval withdraw），再提出加急。",
        "While it has no number, withdraw the approval first (biye approval withdraw).",
    ),
    Reason(
        "N4-urgent-delays",
        "N4",
        "加急会使正常办理的名单逾期：{lots}。",
        "standard lots would become late by it: {lots}.",
        "请减少加急人数，或提高每日打印量（production.print_per_day）后再提出。",
        "Name fewer, or raise what is printed a day (production.print_per_day).",
    ),
    Reason(
        "N4-urgent-cases",
        "N4",
        "下列个案不在 {season} 毕业季已批准的加急名单中：{cases}。",
        "these cases are on no approved urgent list of season {season}: {cases}.",
        "请先提出加急并由另一人批准（biye urgent propose）。",
        "Propose them first, and have another person approve (biye urgent propose).",
    ),
)
