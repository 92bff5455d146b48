"""Why an extension is not taken, what a cleanup finds about a student, and what it refuses (N8)."""

from rules.refusals import Reason, register
from rules.refusals_rows import row_reason
from rules.submission import Outcome

_R = Outcome.REFUSED
_LIST_AGAIN = ("请改正后重新上报整份名单。", "Correct it and send the whole list again.")
_SCAN = (
    "请把名单与申请书扫描件（PDF、JPEG、PNG）放入同一个 ZIP 重新上报。",
    "Send list and scans (PDF, JPEG, PNG) again, in one zip.",
)

row_reason(
    "N8-extension-used",
    _R,
    "学号 {value} 已延期过，不能再次延期",
    "student {value} was extended before; a second extension is refused",
    clause="N8",
    remedy=("请删除该行；该生按学籍清理办理。", "Remove the row; the cleanup applies."),
)
row_reason(
    "N8-extension-entry",
    _R,
    "入学学期 {value} 不在本季可延期范围",
    "entrants of {value} cannot be extended in this season",
    clause="N8",
    remedy=("请核对学籍，删除该行。", "Check the roster and remove the row."),
)
row_reason(
    "N8-extension-ended",
    _R,
    "学籍状态为“{value}”，无须延期",
    "the enrolment's status is {value}; there is nothing to extend",
    clause="N8",
    remedy=("请核对学籍，删除该行。", "Check the roster and remove the row."),
)
row_reason(
    "N8-scan-missing",
    _R,
    "压缩包中没有附件 {value}",
    "the zip has no file {value}",
    clause="N8",
    remedy=_SCAN,
)
row_reason(
    "N8-scan-unreadable",
    _R,
    "附件 {value} 不是 PDF、JPEG 或 PNG",
    "{value} is no PDF, JPEG or PNG",
    clause="N8",
    remedy=_SCAN,
)
row_reason(
    "N8-nil-mixed",
    _R,
    "零报告与延期学生不能在同一份名单中",
    "a nil return and students stand in one list",
    clause="N8",
    remedy=_LIST_AGAIN,
)
row_reason(
    "N8-nil-off",
    _R,
    "本季不接受零报告",
    "this season takes no nil return",
    clause="N8",
    remedy=("无需上报。", "Nothing to send."),
)
row_reason(
    "N8-nil-after-list",
    _R,
    "本单位已有延期申请，不能改报零报告",
    "the unit has applications already; a nil return cannot replace them",
    clause="N8",
    remedy=("如须撤回申请，请联系总部否决。", "To take applications back, ask HQ to reject them."),
)
row_reason(
    "row-unknown-withdrawal",
    _R,
    "“{column}”的值 {value} 不在已上报的退学名单中",
    "{value} in {column} is in no withdrawal that was sent",
    clause="N8",
    remedy=("请核对回执文件。", "Check the receipt file."),
)

_FINDING_ZH, _FINDING_EN = "按学籍清理办理，见退学名单。", "The cleanup applies; see the withdrawal list."
_KEEP_ZH, _KEEP_EN = "受保护，不作退学处理。", "Protected: not withdrawn."
register(
    Reason("N8-disputed", "N8", "有争议", "disputed", _KEEP_ZH, _KEEP_EN),
    Reason("N8-graduating", "N8", "已通过毕业审核审批", "audit approved: graduating", _KEEP_ZH, _KEEP_EN),
    Reason("N8-pending", "N8", "毕业审核未结束", "the audit is not over", _KEEP_ZH, _KEEP_EN),
    Reason("N8-held", "N8", "个案有待核实事项", "something is held in the case", _KEEP_ZH, _KEEP_EN),
    Reason(
        "N8-extension-pending",
        "N8",
        "延期申请待审批",
        "the application for an extension is not decided",
        "请总部审批：biye approval list；清理截止日仍未审批的，暂缓并上报。",
        "HQ decides: biye approval list; what is pending at the end is held and escalated.",
    ),
    Reason(
        "N8-extension-rejected",
        "N8",
        "延期申请未获批准",
        "the application for an extension was rejected",
        _FINDING_ZH,
        _FINDING_EN,
    ),
    Reason("N8-extension-over", "N8", "延期已期满", "the extension is used up", _FINDING_ZH, _FINDING_EN),
    Reason("N8-expired", "N8", "学籍有效期已满", "the validity is over", _FINDING_ZH, _FINDING_EN),
    Reason(
        "N8-no-application",
        "N8",
        "学号 {student_no} 没有待审批的延期申请",
        "student {student_no} has no application for an extension that waits",
        "运行 biye extension list 查看。",
        "Run biye extension list.",
    ),
    Reason(
        "N8-bundle",
        "N8",
        "压缩包 {file} 中应恰有一份名单，实有 {count} 份",
        "the zip {file} should hold just one list, it holds {count}",
        "请把一份名单（CSV、XLSX、XLS、DBF）与申请书扫描件放入同一个 ZIP。",
        "Put one list (CSV, XLSX, XLS, DBF) and the scans of the applications in one zip.",
    ),
    Reason(
        "N8-no-cleanup",
        "N8",
        "{season} 毕业季没有学籍清理",
        "season {season} has no cleanup",
        "请核对毕业季编号；清理日期由政策包规定。",
        "Check the season; the pack says when enrolments are cleaned up.",
    ),
    Reason(
        "N8-no-list",
        "N8",
        "{season} 毕业季没有单位 {branch} 的退学名单",
        "season {season} has no withdrawal list of unit {branch}",
        "名单自清理开始日起生成：biye cleanup list",
        "Lists are made from the cleanup's first day on: biye cleanup list",
    ),
    Reason(
        "N8-not-closed",
        "N8",
        "延期名单与异议受理至 {until}（含），此前不得提出退学名单",
        "extension lists and objections are taken until {until} inclusive; nothing is proposed before",
        "请在该日之后再提出。",
        "Propose after that day.",
    ),
    Reason(
        "N8-no-notice",
        "N8",
        "单位 {branch} 的学生尚未告知，不得提出退学名单",
        "the students of unit {branch} have not been notified; nothing is proposed",
        "先登记告知：biye cleanup notified {branch} --date 日期 --document 文件 --by 姓名",
        "Record the notice first: biye cleanup notified {branch} --date D --document DOC --by NAME",
    ),
    Reason(
        "N8-notice-day",
        "N8",
        "告知日期 {day} 在今天之后",
        "the notice is dated {day}, after today",
        "请核对日期。",
        "Check the date.",
    ),
    Reason(
        "N8-nameless",
        "N8",
        "须写明经办人与依据",
        "who acts, and on what ground, must be named",
        "用 --by 写明姓名，用 --document 或 --note 写明依据。",
        "Name yourself with --by and the ground with --document or --note.",
    ),
    Reason(
        "N8-no-candidate",
        "N8",
        "学号 {student_no} 不在待处理的退学名单中",
        "student {student_no} is in no withdrawal list that is still open",
        "请核对学号；已上报的退学须通过学信网撤销。",
        "Check the number; a withdrawal that was sent is undone with CHSI.",
    ),
    Reason(
        "N8-package-unknown",
        "N8",
        "没有编号为 {package} 的退学数据包",
        "there is no withdrawal package {package}",
        "运行 biye cleanup list 查看。",
        "Run biye cleanup list.",
    ),
    Reason(
        "N8-package-altered",
        "N8",
        "退学数据包 {package} 的归档文件与导出时不一致，不得上报",
        "the archived file of withdrawal package {package} is not what was exported; it must not be uploaded",
        "请恢复归档文件的备份。",
        "Restore the archived file from a backup.",
    ),
    Reason(
        "N8-package-void",
        "N8",
        "退学数据包 {package} 中有 {count} 名学生已受保护，该包作废，不得上报",
        "{count} students of withdrawal package {package} are protected by now; it is void, do not upload it",
        "其余学生将重新导出：运行 cleanup 阶段后用 biye cleanup list 查看新包。",
        "The others are exported anew: run the cleanup phase, then biye cleanup list.",
    ),
    Reason(
        "N8-sent-same-person",
        "N8",
        "{by} 批准了退学名单，须由另一人上报",
        "{by} approved the withdrawal list; another person uploads it",
        "请由另一人上报，并用 --by 写明其姓名。",
        "Another person uploads it and is named with --by.",
    ),
)
