"""Why a file is not even received: who may send what, how big, when, and under which name."""

from rules.refusals import Reason, register

register(
    Reason(
        "sender-unknown",
        "R1",
        "{unit} 不是上报单位。",
        "{unit} is no unit that reports.",
        "请用分部、学院的三位代码，或总部 010（见基础数据 organisations.csv）。",
        "Use the three digits of a branch or college, or 010 for HQ (see organisations.csv).",
    ),
    Reason(
        "sender-hq-only",
        "R1",
        "{kind_zh}（{kind}）只由总部 010 上报，{unit} 不能上报。",
        "{kind} comes from HQ (010) alone, not from {unit}.",
        "请核对上报种类和单位。",
        "Check the kind and the unit.",
    ),
    Reason(
        "file-over-cap",
        "R1",
        "{file} 有 {size} 字节，超过{kind_zh}的上限 {cap}，未接收。",
        "{file} has {size} bytes, over the cap of {cap} for {kind}; it was not received.",
        "请拆成几个文件上报。",
        "Split it and send the parts.",
    ),
    Reason(
        "received-at-future",
        "N3",
        "收到时间 {given} 晚于现在 {now}。",
        "The time of receipt {given} is later than now, {now}.",
        "请核对时间；不指定则按现在接收。",
        "Check the time; without one the file is received now.",
    ),
    Reason(
        "received-at-hq",
        "N3",
        "收到时间只能由总部 010 指定，本机的单位是 {unit}（BIYE_UNIT）。",
        "Only HQ (010) may state a time of receipt; this installation's unit is {unit} (BIYE_UNIT).",
        "请联系总部。",
        "Contact HQ.",
    ),
    Reason(
        "submission-unknown",
        "R1",
        "没有回执编号 {receipt}。",
        "There is no receipt {receipt}.",
        "请用 biye submission list 查找。",
        "Look it up with biye submission list.",
    ),
    Reason(
        "inbox-place",
        "R1",
        "{file} 不在单位文件夹里，不知由谁上报。",
        "{file} does not lie in a unit's folder: nobody knows who sent it.",
        "请放入 inbox/单位代码/ 后重试。",
        "Put it into inbox/UNIT/ and wait for the next intake.",
    ),
    Reason(
        "inbox-kind",
        "R1",
        "从文件名 {file} 看不出上报种类。",
        "The name {file} does not tell its kind of submission.",
        "请让文件名以种类开头（如 practice-1.csv、综合实践环节成绩.xlsx），或放入以种类命名的子文件夹。"
        "可用：{allowed}",
        "Begin the name with the kind (practice-1.csv), or use a folder named by the kind. Kinds: {allowed}",
    ),
    Reason(
        "inbox-season",
        "R1",
        "无法确定 {file} 属于哪个毕业季（已部署：{seasons}）。",
        "It cannot be told which season {file} is of (deployed: {seasons}).",
        "请放入 inbox/{unit}/毕业季/（如 inbox/{unit}/2020-01/），下次收件时接收。",
        "Put it into inbox/{unit}/SEASON/ (inbox/{unit}/2020-01/); the next intake takes it.",
    ),
    Reason(
        "inbox-no-file",
        "R1",
        "{file} 不是普通文件（是链接、管道或无法读取），未接收。",
        "{file} is no ordinary file that can be read (a link, a pipe); it was not received.",
        "请把文件本身放入文件夹。",
        "Put the file itself into the folder.",
    ),
)
