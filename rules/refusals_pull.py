"""Why a file was not fetched from where a unit offers it."""

from rules.refusals import Reason, register

_AGAIN = ("稍后自动重试；也可稍后重新运行。", "It is tried again by itself; or run it again later.")
_SENDER = (
    "未接收任何内容。请与上报单位核对地址和文件。",
    "Nothing was received. Check address and file with the unit.",
)

register(
    Reason(
        "pull-address",
        "R1",
        "地址不能使用：{why}",
        "the address cannot be used: {why}",
        "请改用 HTTPS 地址；令牌写在环境变量或文件中（--token-env）。",
        "Use an HTTPS address, and keep the token in an environment variable or file (--token-env).",
    ),
    Reason(
        "sources-invalid",
        "R1",
        "{file} 有误：\n{listing}",
        "{file} is wrong at the places above",
        "请逐条改正；每个来源写 name、branch、kind、url，可写 season、token_env、token_file。",
        "Mend each: a source has name, branch, kind, url, and perhaps season, token_env, token_file.",
    ),
    Reason(
        "pull-source",
        "R1",
        "没有来源 {name}",
        "there is no source {name}",
        "请核对安装文件夹中的 sources.yaml。",
        "Check sources.yaml in the installation's folder.",
    ),
    Reason(
        "pull-token",
        "R1",
        "令牌 {token} 不可用：{why}",
        "the token {token} cannot be used: {why}",
        "请设置该环境变量，或写入仅所有者可读（0600）的文件。",
        "Set that environment variable, or put it into a file that its owner alone can read (0600).",
    ),
    Reason("pull-status", "R1", "{host} 答复 {status}", "{host} answered {status}", *_SENDER),
    Reason(
        "pull-answer",
        "R1",
        "{host} 的答复无法使用：{why}",
        "the answer of {host} cannot be used: {why}",
        *_SENDER,
    ),
    Reason(
        "pull-checksum",
        "R1",
        "从 {host} 取得的文件与其校验值不符（应为 {stated}，实为 {found}）",
        "the file from {host} is not the one that its checksum names (stated {stated}, found {found})",
        *_SENDER,
    ),
    Reason("pull-unreachable", "R1", "无法连接 {host}", "{host} cannot be reached", *_AGAIN),
    Reason(
        "pull-cut",
        "R1",
        "与 {host} 的连接多次中断，已取得 {size} 字节",
        "the connection to {host} broke again and again, after {size} bytes",
        *_AGAIN,
    ),
    Reason(
        "pull-slow",
        "R1",
        "{host} 在 {seconds} 秒内未答完",
        "{host} did not finish within {seconds} s",
        *_AGAIN,
    ),
    Reason(
        "pull-busy", "R1", "{host} 暂不可用（{status}）", "{host} is not available now ({status})", *_AGAIN
    ),
)
