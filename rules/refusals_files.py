"""Why a whole file is quarantined; the table of codes for files (BAD_INPUT.md, outcome F)."""

from rules.refusals import Reason, Refused, register

_KEPT = ("原文件已原样留存，内容均未入库。", "The file is kept byte for byte; nothing was applied. ")


def file_reason(code: str, zh: str, en: str, remedy_zh: str, remedy_en: str, clause: str = "MODEL") -> None:
    """Register a code for whole files; the remedy says that nothing was applied."""
    register(Reason(code, clause, zh, en, _KEPT[0] + remedy_zh, _KEPT[1] + remedy_en))


_CSV = ("请从 Excel 另存为“CSV UTF-8”或 XLSX 后重新上报。", "Save it as CSV UTF-8 or XLSX and resend.")
_SAVE = ("请在 Excel 中打开并另存为 XLSX 后重新上报。", "Open it in Excel, save as XLSX and resend.")
_TEMPLATE = (
    "请按模板填写（biye submission template {kind}）。",
    "Use the template (biye submission template {kind}).",
)
_ZIP = ("请重新打包后上报。", "Pack the zip again and resend.")

for _code, _zh, _en, _remedy in (
    ("file-empty", "{file} 是空文件", "{file} is empty", _TEMPLATE),
    ("file-no-rows", "{file} 只有表头，共0行", "{file} has a header only: 0 rows", _TEMPLATE),
    (
        "file-too-big",
        "{file} 有 {size} 字节，超过上限 {cap}",
        "{file} has {size} bytes, the cap is {cap}",
        ("请拆成几个文件上报。", "Split it and resend."),
    ),
    ("file-nul", "{file} 第 {offset} 字节是 NUL", "{file} has a NUL byte at {offset}", _CSV),
    (
        "file-mixed-encoding",
        "{file} 从第 {offset} 字节起混用了两种编码",
        "{file} mixes encodings from byte {offset}",
        _CSV,
    ),
    ("file-big5", "{file} 是 Big5 编码", "{file} is in Big5", _CSV),
    (
        "file-undecodable",
        "{file} 第 {offset} 字节既不是 UTF-8 也不是 GB18030",
        "{file} is neither UTF-8 nor GB18030 at byte {offset}",
        _CSV,
    ),
    (
        "file-replacement",
        "{file} 第 {row} 行有丢失的字符（U+FFFD）",
        "{file} has lost characters (U+FFFD) in row {row}",
        _CSV,
    ),
    ("file-mojibake", "{file} 的文字已成乱码：{value}", "the text of {file} is garbled: {value}", _CSV),
    (
        "file-duplicate-header",
        "{file} 的表头“{column}”重复",
        "{file} has the heading {column} twice",
        _TEMPLATE,
    ),
    ("file-missing-column", "{file} 缺少列：{column}", "{file} lacks the column {column}", _TEMPLATE),
    (
        "file-shifted",
        "{file} 每行都比表头多一个字段",
        "every row of {file} is one field longer than the header",
        _TEMPLATE,
    ),
    (
        "file-unclosed-quote",
        "{file} 第 {row} 行的引号没有闭合",
        "{file} has an unclosed quote in row {row}",
        _CSV,
    ),
    ("file-bad-csv", "{file} 不是可读的 CSV", "{file} is no readable CSV", _CSV),
    (
        "file-wrong-content",
        "{file} 的内容是 {found}，与扩展名不符",
        "{file} contains {found}, unlike its name",
        _SAVE,
    ),
    ("file-not-zip", "{file} 不是 ZIP 压缩包", "{file} is no zip", _ZIP),
    ("file-unsupported", "{file} 的格式不受支持", "the format of {file} is not supported", _SAVE),
    (
        "file-password",
        "{file} 有密码",
        "{file} has a password",
        ("请去掉密码后重新上报。", "Remove the password and resend."),
    ),
    (
        "file-truncated",
        "{file} 不完整或已损坏",
        "{file} is truncated or damaged",
        ("请重新上传。", "Send it again."),
    ),
    (
        "file-bomb",
        "{file} 解压后有 {size} 字节，超过上限 {cap}",
        "{file} unpacks to {size} bytes, the cap is {cap}",
        _SAVE,
    ),
    ("file-xml-entity", "{file} 的 XML 含实体声明", "{file} has XML entity declarations", _SAVE),
    (
        "file-merged-cells",
        "{file} 工作表 {sheet} 有合并单元格 {value}",
        "{file}, sheet {sheet} has merged cells {value}",
        ("请取消合并并补全各单元格。", "Unmerge them and fill in each cell."),
    ),
    (
        "file-several-sheets",
        "{file} 有多个数据工作表：{sheet}",
        "{file} has several data sheets: {sheet}",
        ("请每个文件只留一个数据工作表。", "Leave one data sheet per file."),
    ),
    (
        "file-too-many-rows",
        "{file} 超过 {cap} 行",
        "{file} has more than {cap} rows",
        ("请拆分后上报。", "Split it."),
    ),
    ("file-zip-path", "{file} 中有越界路径 {value}", "{file} has an unsafe path {value}", _ZIP),
    ("file-zip-symlink", "{file} 中有符号链接 {value}", "{file} has a symbolic link {value}", _ZIP),
    ("file-zip-duplicate", "{file} 中有重名文件 {value}", "{file} has the entry {value} twice", _ZIP),
    (
        "file-zip-method",
        "{file} 的压缩方式不受支持：{value}",
        "{file} uses an unsupported compression: {value}",
        _ZIP,
    ),
):
    file_reason(_code, _zh, _en, *_remedy)


def refused_file(code: str, file: str, **where: object) -> Refused:
    """Return the refusal of a whole file, to be raised; where: details such as sheet, row, column, value."""
    return Refused(code, file=file, **where)
