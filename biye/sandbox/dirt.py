"""Dirt that real files have. What `soil` does can be normalised; worse is sent again."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from biye.sandbox.people import check_digits
from biye.sandbox.sheets import Sheet, rows_of, select

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def full_width(text: str) -> str:
    """Write digits in full width."""
    return text.translate(_FULL_WIDTH)


def point_zero(text: str) -> str:
    """Add the `.0` of a spreadsheet to a whole number."""
    return f"{text}.0" if text.isdigit() else text


def lost_zeros(text: str) -> str:
    """Lose the leading zeros, as a number in a spreadsheet does."""
    return text.lstrip("0") or "0"


def broken_line(text: str) -> str:
    """End a name with a line break."""
    return text + "\r\n"


def wide_space(text: str) -> str:
    """End a name with U+3000."""
    return text + "\u3000"


def other_dot(text: str) -> str:
    """Write the middle dot as a bullet."""
    return text.replace("·", "•")


def lower_x(text: str) -> str:
    """Write the check digit X in lower case."""
    return text.lower()


def slashes(text: str) -> str:
    """Write 2019-12-05 as 2019/12/5."""
    return "/".join(str(int(part)) for part in text.split("-")) if text else text


def eight_digits(text: str) -> str:
    """Write 2019-12-05 as 20191205."""
    return text.replace("-", "")


Dirt = tuple[str, Callable[[str], str]]
GRADE_DIRT: tuple[Dirt, ...] = (
    ("学号", point_zero), ("课程ID", lost_zeros), ("课程ID", full_width), ("考试次数", point_zero),
    ("综合成绩代码", full_width), ("学号", wide_space),
)  # fmt: skip
PERSON_DIRT: tuple[Dirt, ...] = (
    ("姓名", broken_line), ("姓名", wide_space), ("姓名", other_dot), ("学号", point_zero),
    ("证件号", lower_x),
    ("证件号", full_width), ("申请日期", slashes), ("审核日期", eight_digits), ("出生日期", slashes),
    ("出生日期", eight_digits),
)  # fmt: skip


def soil(rng: np.random.Generator, sheet: Sheet, share: float, kinds: tuple[Dirt, ...]) -> Sheet:
    """Return a sheet in which a share of the rows is dirty, and every fifth of them is written twice."""
    rows = np.flatnonzero(rng.random(rows_of(sheet)) < share)
    present = [dirt for dirt in kinds if dirt[0] in sheet]
    if not len(rows) or not present:
        return sheet
    soiled = {heading: column.copy() for heading, column in sheet.items()}
    for row, which in zip(rows, rng.integers(0, len(present), len(rows)), strict=True):
        heading, change = present[which]
        soiled[heading][row] = change(str(soiled[heading][row]))
    return select(soiled, np.append(np.arange(rows_of(soiled)), rows[::5]))


SPOILED: tuple[tuple[str, str], ...] = (
    ("学号", "9999999999999"), ("课程ID", "99998"), ("综合成绩代码", "100.5"), ("考试次数", "0"),
    ("考试代码", ""),
)  # fmt: skip


def spoil(rng: np.random.Generator, sheet: Sheet, share: float) -> Sheet:
    """Return a score sheet with more rows at its end: copies with a cell that nobody can accept."""
    copied = np.flatnonzero(rng.random(rows_of(sheet)) < share)
    longer = select(sheet, np.append(np.arange(rows_of(sheet)), copied))
    for place, (heading, bad) in enumerate(SPOILED):
        longer[heading][rows_of(sheet) + place :: len(SPOILED)] = bad
    return longer


def restyle_shares(sheet: Sheet, shape: int) -> Sheet:
    """Write the coursework share (形考比例) of a whole file as 30, 0.3 or 30%."""
    shapes = (lambda text: text, lambda text: f"{int(text) / 100:g}", lambda text: f"{text}%")
    names = {text: shapes[shape % 3](text) for text in set(sheet["形考比例"])}
    return sheet | {"形考比例": np.array([names[text] for text in sheet["形考比例"]], dtype=object)}


def wrong_check_digit(number: str) -> str:
    """Return an ID number whose check digit is wrong."""
    right = str(check_digits(np.array([number[:17]]))[0])
    return number[:17] + ("1" if right != "1" else "2")


def truncated(content: bytes) -> bytes:
    """Cut a file off, as an interrupted copy does."""
    return content[: len(content) * 2 // 3]


def with_row(sheet: Sheet, like: int, **changes: str) -> Sheet:
    """Return a sheet with one more row at its end: a copy of another, with changes."""
    longer = select(sheet, np.append(np.arange(rows_of(sheet)), like))
    return with_cells(longer, rows_of(longer) - 1, **changes)


def with_cells(sheet: Sheet, row: int | npt.NDArray[np.int64], **changes: str) -> Sheet:
    """Return a sheet with some cells of a row changed."""
    changed = {heading: column.copy() for heading, column in sheet.items()}
    for heading, text in changes.items():
        changed[heading][row] = text
    return changed
