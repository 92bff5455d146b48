"""Why a season cannot be closed yet, and what a closed one refuses (N5)."""

from rules.refusals import Reason, register

register(
    Reason(
        "close-open",
        "N5",
        "{season} 毕业季还不能关闭：{open}。",
        "season {season} cannot be closed yet: {open_en}.",
        "逐项查看并处理：biye season gaps {season}；biye approval list；biye today；biye submission held。",
        "Look at each and settle it: biye season gaps {season}, approval list, today, submission held.",
    ),
    Reason(
        "season-closed",
        "N5",
        "{season} 毕业季已于 {closed} 关闭，除学信网回执外不再接收数据，不再运行各阶段。",
        "season {season} was closed on {closed}; nothing but CHSI's answers is taken in, and no phase runs.",
        "请按下一毕业季办理；确有遗漏请联系总部。",
        "Use the next season; contact HQ if something was left out.",
    ),
)
