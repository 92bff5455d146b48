"""Refusals of numbering, registration and printing that are not about one file's rows."""

from rules.refusals import Reason, register

register(
    Reason(
        "reference-no-programme",
        "G0",
        "基础数据中没有专业 {programme}（方向：{direction}）",
        "The reference data has no programme {programme} (direction: {direction})",
        "请补充 programmes.yaml 后重新加载基础数据",
        "Add it to programmes.yaml and load the reference data again",
    ),
    Reason(
        "T4-package-unknown",
        "T4",
        "没有编号为 {package} 的学历注册数据包",
        "There is no registry package {package}",
        "请核对数据包编号",
        "Check the package's number",
    ),
    Reason(
        "T4-lot-changed",
        "T4",
        "导出名单 {lot} 期间其个案发生变化，未导出",
        "Cases of lot {lot} changed while it was exported; nothing was exported",
        "系统会自动重试",
        "It is tried again by itself",
    ),
    Reason(
        "R2-lot-changed",
        "R2",
        "打印名单 {lot} 期间其个案发生变化，该文件未计入",
        "Cases of lot {lot} changed while it was printed; that file does not count",
        "系统会自动重试",
        "It is tried again by itself",
    ),
)
