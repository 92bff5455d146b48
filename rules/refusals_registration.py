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
        "T4-upload-unapproved",
        "T4",
        "学历注册数据包 {package} 的上报未经第二人批准，未登记为已上报",
        "No second person approved the upload of registry package {package}; it is not noted as sent",
        "请先由另一人批准：biye approval list",
        "Another person approves it first: biye approval list",
    ),
    Reason(
        "T4-upload-same-person",
        "T4",
        "{by} 批准了学历注册数据包 {package} 的上报，须由另一人上报",
        "{by} approved the upload of registry package {package}; another person uploads it",
        "请由另一人上报，并用 --by 写明其姓名",
        "Another person uploads it and is named with --by",
    ),
    Reason(
        "T4-package-altered",
        "T4",
        "学历注册数据包 {package} 与批准时不一致，不得上报",
        "Registry package {package} is not what was approved; it must not be uploaded",
        "请恢复归档文件的备份后再上报；不要上报现有文件",
        "Restore the archived file from a backup; do not upload the present one",
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
