"""The registry's fields (学历电子注册), and whether certificate and registry agree.

Lengths count bytes. The registered data must repeat the certificate field by field (T4, N5).
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

import pandas as pd


class Field(NamedTuple):
    """One field of a DBF table: its name and its width in bytes."""

    name: str
    width: int


FIELDS = (
    Field("KSH", 18),  # 考生号
    Field("XM", 40),  # 姓名
    Field("XB", 2),  # 性别
    Field("CSRQ", 8),  # 出生日期
    Field("SFZH", 18),  # 身份证号
    Field("YXDM", 5),  # 院校代码
    Field("YXMC", 18),  # 院校名称
    Field("ZYDM", 8),  # 专业代码
    Field("ZYMC", 50),  # 专业名称
    Field("XZ", 3),  # 学制
    Field("XXXS", 10),  # 学习形式
    Field("CC", 12),  # 层次
    Field("RXRQ", 8),  # 入学日期
    Field("BYRQ", 8),  # 毕业日期
    Field("BJYJL", 8),  # 毕结业结论
    Field("ZSBH", 18),  # 证书编号
    Field("XZM", 40),  # 校（院）长名
    Field("BZ", 40),  # 备注, empty on export
)

# Where a field is one of our columns, taken over as it stands.
COPIED = {
    "KSH": "exam_no",
    "XM": "name",
    "XB": "sex",
    "YXDM": "school_code",
    "YXMC": "school_name",
    "ZYDM": "programme_code",
    "XXXS": "study_form",
    "CC": "level",
    "BJYJL": "conclusion",
    "ZSBH": "number",
    "XZM": "principal",
}
KEY = "ZSBH"
PHOTO = "ZP"  # no field of the table: the photo that goes with it
# What people call the fields that a certificate repeats.
CHINESE = {
    "XM": "姓名",
    "XB": "性别",
    "CSRQ": "出生日期",
    "YXMC": "院校名称",
    "ZYMC": "专业名称",
    "XZ": "学制",
    "CC": "层次",
    "RXRQ": "入学日期",
    "BYRQ": "毕业日期",
    "XZM": "校长姓名",
    KEY: "证书编号",
    PHOTO: "照片",
}
COMPARED = ("XM", "XB", "CSRQ", "YXMC", "ZYMC", "XZ", "CC", "RXRQ", "BYRQ", "XZM")


def programme_title(name: str, direction: str) -> str:
    """Return a programme as certificate and registry name it.

    >>> programme_title("公共事业管理", "教育管理")
    '公共事业管理（教育管理）'
    """
    return f"{name}（{direction}）" if direction else name


def registry_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the registry's row of each graduate: the columns of FIELDS, all text.

    rows: exam_no, name, sex, birth_date, id_number, school_code, school_name, programme_code, programme_name,
    school_years, study_form, level, entry_term (YYYYMM), graduation_date, conclusion, number, principal, and
    direction if there is one; dates are `date` or datetime64. Any index, kept. Missing values become "".
    """
    fields = {field: _text(rows[column]) for field, column in COPIED.items()}
    fields["CSRQ"] = _day(rows["birth_date"])
    fields["SFZH"] = _text(rows["id_number"]).str.upper()
    fields["ZYMC"] = _title(rows, "programme_name")
    fields["XZ"] = _years(rows["school_years"])
    fields["RXRQ"] = _first_day(rows["entry_term"])
    fields["BYRQ"] = _day(rows["graduation_date"])
    fields["BZ"] = pd.Series("", index=rows.index, dtype="str")
    return pd.DataFrame({field.name: fields[field.name] for field in FIELDS}, index=rows.index)


def differences(certificate_rows: pd.DataFrame, registry_rows: pd.DataFrame) -> pd.DataFrame:
    """Return where certificate and exported registration disagree: number, field, certificate, registry.

    certificate_rows: the columns that are printed; registry_rows: the columns of FIELDS. Matched by
    certificate number; one on one side only gives a row of field ZSBH with the other side empty. Source: R2.
    """
    printed, exported = as_registered(certificate_rows).set_index(KEY), registry_rows.set_index(KEY)
    shared = printed.index.intersection(exported.index, sort=False)
    parts = [_lone(printed.index.difference(shared), "certificate")]
    parts.append(_lone(exported.index.difference(shared), "registry"))
    parts += [_unequal(field, printed.loc[shared, field], exported.loc[shared, field]) for field in COMPARED]
    return pd.concat(parts, ignore_index=True).sort_values(["number", "field"], ignore_index=True)


def as_registered(certificates: pd.DataFrame) -> pd.DataFrame:
    """Return what the registry should say, judging by the certificates alone: KEY and COMPARED."""
    fields = {field: _text(certificates[COPIED[field]]) for field in ("XM", "XB", "YXMC", "CC", KEY, "XZM")}
    fields["CSRQ"] = _day(certificates["birth_date"])
    fields["BYRQ"] = _day(certificates["graduation_date"])
    fields["ZYMC"] = _title(certificates, "programme")
    fields["XZ"] = _years(certificates["school_years"])
    fields["RXRQ"] = _first_day(certificates["study_from"])
    return pd.DataFrame(fields)


def field_digests(fields: pd.DataFrame) -> pd.Series:
    """Return the SHA-256 of what registry and certificate must both say, one a row; index as given."""
    shared = zip(*(fields[name].tolist() for name in (KEY, *COMPARED)), strict=True)
    digests = [sha256("\x1f".join(row).encode()).hexdigest() for row in shared]
    return pd.Series(digests, index=fields.index, dtype="str")


def _lone(numbers: pd.Index, side: str) -> pd.DataFrame:
    frame = pd.DataFrame({"number": numbers, "field": KEY, "certificate": "", "registry": ""}, dtype="str")
    frame[side] = frame["number"]
    return frame


def _unequal(field: str, printed: pd.Series, exported: pd.Series) -> pd.DataFrame:
    unlike = printed.to_numpy() != exported.to_numpy()
    numbers = printed.index[unlike]
    columns = {"number": numbers, "field": field, "certificate": printed[unlike].to_numpy()}
    return pd.DataFrame({**columns, "registry": exported[unlike].to_numpy()}, dtype="str")


def _text(values: pd.Series) -> pd.Series:
    return values.astype("str").fillna("")


def _title(rows: pd.DataFrame, column: str) -> pd.Series:
    name = _text(rows[column])
    if "direction" not in rows:
        return name
    direction = _text(rows["direction"])
    return name.where(direction == "", name + "（" + direction + "）")


def _day(days: pd.Series) -> pd.Series:
    """YYYYMMDD, or "" where there is no day."""
    said = {day: "" if pd.isna(day) else f"{day:%Y%m%d}" for day in days.unique()}
    return days.map(said).astype("str").fillna("")


def _first_day(months: pd.Series) -> pd.Series:
    """YYYYMM or YYYY-MM → the first day of that month, YYYYMMDD."""
    plain = _text(months).str.replace("-", "", regex=False).str[:6]
    return (plain + "01").where(plain != "", "")


def _years(years: pd.Series) -> pd.Series:
    """2.5 → 2.5, 3.0 → 3."""
    said = {value: "" if pd.isna(value) else f"{float(value):g}" for value in years.unique()}
    return years.map(said).astype("str")


def named_fields(fields: Iterable[str]) -> str:
    """Return fields as a hold names them, each once, never their values.

    >>> named_fields(["XM", "ZP", "XM"])
    'XM 姓名、ZP 照片'
    """
    return "、".join(f"{field} {CHINESE.get(field, '')}".strip() for field in dict.fromkeys(fields))
