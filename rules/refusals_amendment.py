"""Why an amendment of a season's policy or calendar is refused (G1): it would contradict what was done."""

from rules.refusals import Reason, register

register(
    Reason(
        "policy-in-force",
        "G1",
        "{season} 毕业季已有生效的政策包（第 {version} 版），与 {file} 内容不同；部署不改变政策。",
        "season {season} has a policy in force (version {version}) that differs from {file}; "
        "deploying changes no policy.",
        "请用 biye season amend 文件 修订政策；或用 biye season deploy {season} 按生效的政策重新部署。",
        "Amend it with biye season amend FILE, or deploy what is in force with biye season deploy {season}.",
    ),
    Reason(
        "amend-version",
        "G1",
        "{file} 是第 {given} 版，生效的是第 {version} 版；修订须提高版本号。",
        "{file} is version {given}; version {version} is in force, and an amendment has to raise it.",
        "请把 version 改为大于 {version} 的数后重试。",
        "Set version to a number above {version} and try again.",
    ),
    Reason(
        "amend-not-published",
        "T4",
        "{file} 的公布日期 {published} 在 {day} 之后，尚不能生效。",
        "{file} is published on {published}, after {day}: it cannot be in force yet.",
        "请核对 published；或于公布之后再修订。",
        "Check `published`, or amend after it was published.",
    ),
    Reason(
        "amend-nothing",
        "T4",
        "{file} 中没有任何年份。",
        "{file} names no year.",
        "请写明 year、published、days_off 和 make_up_workdays。",
        "Say year, published, days_off and make_up_workdays.",
    ),
    Reason(
        "amend-batch-used",
        "N4",
        "修订去掉或取消的第 {batch} 批已有 {count} 名学生，涉及 {units}。",
        "the amendment removes or cancels batch {batch}, which has {count} students of {units}.",
        "请保留该批；如须停办，请先与所列单位处理完毕。",
        "Keep that batch; to end it, settle what the named units have in it first.",
    ),
    Reason(
        "amend-data-outside",
        "T1",
        "修订后，第 {batch} 批已接收的 {count} 份数据不在接收时间内（回执 {receipts}）。",
        "after it {count} submissions that batch {batch} took lie outside its windows: {receipts}.",
        "请把该批的接收时间改为包含已收到的数据。",
        "Let the batch's windows hold what it has already taken.",
    ),
    Reason(
        "amend-issued",
        "N7",
        "已有 {count} 张证书编号，{what} 不能由 {old} 改为 {new}。",
        "{count} certificates have numbers: {what} cannot change from {old} to {new}.",
        "请保留原日期；证书与注册信息上已载明该日期。",
        "Keep the day: certificates and registrations carry it.",
    ),
)
