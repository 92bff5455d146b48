"""Refusals of reference data: each names file, row, column and value."""

from rules.refusals import Reason, register

_AGAIN = "请改正后重新运行 biye reference load。", "Mend it and run biye reference load again."
_PLACE_ZH, _PLACE_EN = "{file} 第 {row} 行“{column}”", "{file}, row {row}, column {column}"

register(
    Reason(
        "reference-missing",
        "G1",
        "缺少参考数据文件 {file} {folder}",
        "the reference file {file} is missing {folder}",
        "请补上该文件；seasons/reference 是一套完整的示例。",
        "Add the file; seasons/reference is a complete example.",
    ),
    Reason(
        "reference-text",
        "G1",
        "{file} 不是 UTF-8 文本（第 {offset} 个字节）",
        "{file} is not UTF-8 text (byte {offset})",
        "请另存为 UTF-8 编码的 CSV 或 YAML。",
        "Save it as CSV or YAML in UTF-8.",
    ),
    Reason(
        "reference-headings",
        "G1",
        "{file} 第 1 行的表头是“{value}”，应有 {column}",
        "{file}, row 1: the headings are {value}; {column} expected",
        *_AGAIN,
    ),
    Reason(
        "reference-value",
        "G1",
        f"{_PLACE_ZH}的值“{{value}}”不正确：{{problem}}",
        f"{_PLACE_EN}: the value {{value}} is wrong: {{problem}}",
        *_AGAIN,
    ),
    Reason(
        "reference-duplicate",
        "G1",
        f"{_PLACE_ZH}的“{{value}}”在第 {{first}} 行已有",
        f"{_PLACE_EN}: {{value}} is already in row {{first}}",
        "请删去其中一行。",
        "Remove one of the two rows.",
    ),
    Reason(
        "reference-unknown-parent",
        "G1",
        f"{_PLACE_ZH}的“{{value}}”没有上级单位：没有任何已列单位的代码是它的前缀",
        f"{_PLACE_EN}: {{value}} has no parent: no organisation's code is a prefix of it",
        "请先列出所属分部或学院，或更正代码。",
        "List its branch or college, or correct the code.",
    ),
    Reason(
        "reference-unknown-programme",
        "G0",
        f"{_PLACE_ZH}的专业“{{value}}”不在 programmes.yaml 中",
        f"{_PLACE_EN}: the programme {{value}} is not in programmes.yaml",
        *_AGAIN,
    ),
    Reason(
        "reference-unknown-course",
        "G0",
        f"{_PLACE_ZH}的课程“{{value}}”不在 courses.csv 中",
        f"{_PLACE_EN}: the course {{value}} is not in courses.csv",
        *_AGAIN,
    ),
    Reason(
        "reference-unknown-module",
        "G0",
        f"{_PLACE_ZH}的模块“{{value}}”没有任何课程",
        f"{_PLACE_EN}: no course belongs to the module {{value}}",
        *_AGAIN,
    ),
)
