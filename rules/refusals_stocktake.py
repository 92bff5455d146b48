"""Refusals of stocktaking (N5)."""

from rules.refusals import Reason, register

register(
    Reason(
        "N5-stocktake-open",
        "N5",
        "{place} 的盘点 {stocktake} 自 {since} 起尚未结束，不能再开一次。",
        "Stocktake {stocktake} of {place} has been going on since {since}: a place has one at a time.",
        "请继续扫描（biye stocktake scan），或先结束（biye stocktake close --by {place}）。",
        "Go on scanning (biye stocktake scan), or close it first (biye stocktake close --by {place}).",
    ),
    Reason(
        "N5-stocktake-none",
        "N5",
        "{place} 没有正在进行的盘点。",
        "No stocktake is going on at {place}.",
        "请先开始盘点：biye stocktake open --by {place}。",
        "Open one first: biye stocktake open --by {place}.",
    ),
    Reason(
        "N5-stocktake-unknown",
        "N5",
        "没有编号为 {value} 的盘点。",
        "There is no stocktake {value}.",
        "用 biye stocktake list 查看全部盘点。",
        "See biye stocktake list.",
    ),
    Reason(
        "N5-stocktake-earlier",
        "N5",
        "{at} 早于盘点开始的 {since}。",
        "{at} is before the stocktake was opened, {since}.",
        "请核对时间。",
        "Check the time.",
    ),
    Reason(
        "N5-stocktake-opened-package",
        "N5",
        "证书包 {package} 已拆开（{left} 本尚在包内），标签不能代表包内证书。",
        "Package {package} has been opened ({left} certificates left in it): its label proves nothing.",
        "请逐本扫描或输入包内证书的 18 位编号。",
        "Scan or type the 18-digit numbers of its certificates one by one.",
    ),
    Reason(
        "N5-stocktake-nothing",
        "N5",
        "{what} 在 {place} 的盘点中既不缺少也不多出，无须说明。",
        "{what} is neither missing nor unexpected in the stocktake of {place}.",
        "用 biye stocktake show --by {place} 查看待说明的证书。",
        "See what is to be explained: biye stocktake show --by {place}.",
    ),
    Reason(
        "N5-stocktake-reason",
        "N5",
        "{what} 是{verdict}，不能以 {reason} 说明。",
        "{what} is {verdict_en}: {reason} does not explain that.",
        "可用的原因 reasons：{allowed}。",
        "Reasons that do: {allowed}.",
    ),
    Reason(
        "N5-stocktake-note",
        "N5",
        "以“其他”说明 {what} 时须写明情况。",
        "Explaining {what} as other needs a note.",
        "请用 --note 写明。",
        "Say it with --note.",
    ),
    Reason(
        "N5-stocktake-unexplained",
        "N5",
        "{place} 的盘点不能结束：缺少 {missing} 本、多出 {unexpected} 本尚无说明。",
        "The stocktake of {place} cannot be closed: {missing} missing, {unexpected} unexpected.",
        "用 biye stocktake show --by {place} 查看，找到的补扫，其余用 biye stocktake explain 说明。",
        "See biye stocktake show --by {place}; scan what is found, explain the rest: biye stocktake explain.",
    ),
)
