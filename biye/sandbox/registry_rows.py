"""What the registry's stand-in (演示替身) says to each row of a package: accepted, or why not."""

import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO

import pandas as pd

from rules.identity import refuse_id
from rules.refusals import Refused
from rules.registry_fields import FIELDS, KEY
from tasks.dbf import read_dbf
from tasks.registry_package import PHOTO_TABLE, PHOTOS, TABLE

_MAY_BE_EMPTY = frozenset({"KSH", "BZ"})
_NUMBER = re.compile("[0-9]{18}")
_RESIDENT = re.compile("[0-9]{17}[0-9X]")
Row = Mapping[str, str]


class Check(StrEnum):
    """What the stand-in looks at beside the form of a row; each can be switched off or on."""

    INVALID_ID = "invalid-id"
    RARE_CHARACTER = "rare-character"  # a name with a character that GBK lacks
    NO_PHOTO = "no-photo"


USUAL = frozenset({Check.INVALID_ID})


@dataclass(frozen=True)
class Judged:
    """A row as it was judged. reason: empty where it was accepted."""

    number: str
    reason: str


class NotAPackage(Exception):
    """The bytes are no package that the registry takes."""


def judge_package(data: bytes, known: Collection[str], checks: Collection[Check]) -> tuple[str, list[Judged]]:
    """Return a package's table (its name) and its judged rows. known: numbers accepted before."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            names = parts.namelist()
            table = next(name for name in (TABLE, PHOTO_TABLE) if name in names)
            rows = read_dbf(parts.read(table))
            with zipfile.ZipFile(BytesIO(parts.read(PHOTOS))) as photos:
                stems = {name.removesuffix(".jpg") for name in photos.namelist()}
    except (zipfile.BadZipFile, KeyError, StopIteration, Refused):
        raise NotAPackage from None
    if not {KEY, "SFZH"} <= set(rows) or rows[KEY].duplicated().any():
        raise NotAPackage
    judge = _graduate if table == TABLE else _photo
    return table, [judge(row, stems, known, checks) for row in _as_rows(rows)]


def _as_rows(rows: pd.DataFrame) -> list[Row]:
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict("records")]


Question = Callable[[Row, Collection[str], Collection[str], Collection[Check]], bool]


def _graduate(row: Row, stems: Collection[str], known: Collection[str], checks: Collection[Check]) -> Judged:
    faults = (reason for reason, is_so in _FAULTS.items() if is_so(row, stems, known, checks))
    return Judged(row.get(KEY, ""), next(faults, ""))


def _photo(row: Row, stems: Collection[str], known: Collection[str], _checks: Collection[Check]) -> Judged:
    if row[KEY] not in known:
        return Judged(row[KEY], "无此证书编号")
    return Judged(row[KEY], "" if row["SFZH"] in stems else "缺照片")


def _is_incomplete(row: Row, *_: object) -> bool:
    return any(not row.get(field.name) for field in FIELDS if field.name not in _MAY_BE_EMPTY)


def _is_too_long(row: Row, *_: object) -> bool:
    return any(len(row.get(field.name, "").encode("gb18030")) > field.width for field in FIELDS)


def _has_no_day(row: Row, *_: object) -> bool:
    return not all(_is_day(row[name]) for name in ("CSRQ", "RXRQ", "BYRQ"))


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.strptime(text, "%Y%m%d"))  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False


def _has_invalid_id(row: Row, _stems: object, _known: object, checks: Collection[Check]) -> bool:
    number = row["SFZH"]  # other documents have no check digit
    return Check.INVALID_ID in checks and bool(_RESIDENT.fullmatch(number) and refuse_id(number))


def _has_rare_character(row: Row, _stems: object, _known: object, checks: Collection[Check]) -> bool:
    try:
        return Check.RARE_CHARACTER in checks and not row["XM"].encode("gbk")
    except UnicodeEncodeError:
        return True


_FAULTS: Mapping[str, Question] = {
    "必填项为空": _is_incomplete,
    "字段超长": _is_too_long,
    "证书编号不是18位数字": lambda row, *_: not _NUMBER.fullmatch(row[KEY]),
    "证书编号已注册": lambda row, _stems, known, _checks: row[KEY] in known,
    "性别代码错误": lambda row, *_: row["XB"] not in ("男", "女"),
    "日期错误": _has_no_day,
    "证件号校验未通过": _has_invalid_id,
    "姓名含生僻字": _has_rare_character,
    "缺照片": lambda row, stems, _known, checks: Check.NO_PHOTO in checks and row["SFZH"] not in stems,
}
