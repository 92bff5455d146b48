"""Why a submission outside its window is parked or refused: the codes of rules/windows.py.

Details: received, window (the one missed or to come), batch, until, season, waits_for, kind.
"""

from rules.refusals import Reason, register

_KEPT = (
    "数据与收到时间已保留，转入第 {batch} 批（{until} 起），无需重报。",
    "Kept with its receipt time for batch {batch}, from {until}. Nothing to do.",
)
_LATE = (
    "{received} 收到，接收时间为 {window}（北京时间），已过。",
    "received {received}, window {window} (Asia/Shanghai): over.",
)
_EARLY = (
    "{received} 收到，接收时间为 {window}（北京时间），尚未开始。",
    "received {received}, window {window} (Asia/Shanghai): not open yet.",
)

_FAST_TRACK_LATE = (
    "{received} 收到，续读本科毕业审核数据单独上报已于 {until} 截止。",
    "received {received}; separately reported fast-track audit data were due by {until}.",
)

BY_CLAUSE = frozenset({"T1-late", "T1-early", "T2-late", "T2-early"})

register(
    *(Reason(f"{clause}-late", clause, *_LATE, *_KEPT) for clause in ("T1", "T2")),
    *(Reason(f"{clause}-early", clause, *_EARLY, *_KEPT) for clause in ("T1", "T2")),
    Reason("window-late", "G1", *_LATE, *_KEPT),
    Reason("window-early", "G1", *_EARLY, *_KEPT),
    Reason(
        "N4-vacation",
        "N4",
        "{received} 收到，总部正在放寒假。",
        "received {received}, in HQ's vacation.",
        *_KEPT,
    ),
    Reason(
        "window-waits",
        "G1",
        "{received} 收到，下一批的开始日期尚未确定（等待 {waits_for}）。",
        "received {received}; the next batch's start is not known yet (waits for {waits_for}).",
        "数据已保留，日期确定后转入第 {batch} 批，无需重报。",
        "Kept for batch {batch} until that date is set. Nothing to do.",
    ),
    Reason(
        "window-lower-level",
        "G1",
        "{received} 收到，不在下级单位规定的时间内；总部窗口以内，予以接收。",
        "received {received}, outside the window that a lower level set; inside HQ's, so taken.",
        "请下次在规定时间内上报。",
        "Please keep that window next time.",
    ),
    Reason(
        "N1-closed",
        "N1",
        "{received} 收到，本季毕业审核和证书办理已于 {until} 截止。",
        "received {received}; this season's audit and certificates ended at {until}.",
        "请按下一毕业季申请；特殊情况请联系总部。",
        "Apply in the next season; contact HQ about an exception.",
    ),
    Reason(
        "T3-late",
        "T3",
        *_FAST_TRACK_LATE,
        "请改按普通毕业审核数据（audit-data）上报，并与总部联系。",
        "Report these students with the ordinary audit data (audit-data) and contact HQ.",
    ),
    Reason(
        "T3-late-urgent",
        "T3",
        *_FAST_TRACK_LATE,
        "请改按普通毕业审核数据（audit-data）上报，并向总部申请加急（urgent-request）。",
        "Report these students with the ordinary audit data (audit-data) and ask HQ for the urgent lane.",
    ),
    Reason(
        "R3-late",
        "R3",
        "{received} 收到，免修免考申请已于 {until} 截止。",
        "received {received}; exemption applications were due by {until}.",
        "学生转入 {season} 及以后的毕业季；如无此申请也能毕业，可由分部撤回申请并报总部批准。",
        "The student moves to season {season} or later; if the audit passes without it, it may be withdrawn.",
    ),
    Reason(
        "N4-urgent-late",
        "N4",
        "{received} 收到，分部加急申请已于 {until} 截止。",
        "received {received}; urgent requests by branches were due by {until}.",
        "请直接与总部联系，由总部提出。",
        "Contact HQ, which names urgent cases from now on.",
    ),
    Reason(
        "N6-late",
        "N6",
        "{received} 收到，封皮征订已于 {until} 截止，仍予接收。",
        "received {received}; cover estimates were due by {until}; taken all the same.",
        "请与总部联系确认。",
        "Contact HQ to confirm it.",
    ),
    Reason(
        "N6-closed",
        "N6",
        "{received} 收到，本毕业季已于 {until} 结束，不再征订封皮。",
        "received {received}; this season ended at {until}, no more covers are ordered.",
        "请按下一毕业季征订；特殊情况请联系总部。",
        "Order with the next season; contact HQ about an exception.",
    ),
    Reason(
        "N8-late",
        "N8",
        "{received} 收到，学籍延期名单上报已于 {until} 截止。",
        "received {received}; extension lists were due by {until}.",
        "请与总部联系。",
        "Contact HQ.",
    ),
    Reason(
        "pack-kind-off",
        "G1",
        "{season} 毕业季没有“{kind}”这项业务。",
        "season {season} takes no submissions of the kind {kind}.",
        "请核对数据类型，或与总部联系。",
        "Check the kind, or contact HQ.",
    ),
)
