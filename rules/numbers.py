"""Certificate numbers (学历证书编号): school 5, education type 1, graduation year 4, level 2, serial 6.

Serials rise by one in the order of the cases (N3). There is no check digit, and a number is never used twice.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rules.refusals import Reason, Refused, register
from rules.season_parts import School
from rules.season_values import Level

LAST_SERIAL = 999_999
LEVEL_CODES: Mapping[str, str] = {Level.UNDERGRADUATE.value: "05", Level.SHORT_CYCLE.value: "06"}

register(
    Reason(
        "N3-serials",
        "N3",
        "编号段 {prefix} 只剩 {left} 个序号，本次需要 {wanted} 个，整次编号未执行",
        "Number range {prefix} has {left} serials left and {wanted} are wanted; no number was allocated",
        "请总部教务部启用新的院校代码或办学类型代码后重新部署政策包",
        "HQ has to open another range (school or education type code) in the policy pack and deploy it",
    )
)


def prefix_of(school: School, year: int, level: str) -> str:
    """Return the 12 digits before the serial; the key of the range's counter. year: of graduation."""
    return f"{school.code}{school.education_type}{year:04d}{LEVEL_CODES[level]}"


def number_in_order(prefixes: pd.Series, next_serial: Mapping[str, int]) -> tuple[pd.Series, dict[str, int]]:
    """Return the number of each case and the next serial of each range.

    prefixes: of the cases in FIFO order (N3), any index. next_serial: by prefix, from 1.
    Raises Refused N3-serials, for all of them, when one range has not enough left.
    """
    wanted = prefixes.value_counts()
    following = {prefix: start + int(wanted.get(prefix, 0)) for prefix, start in next_serial.items()}
    for prefix, after in following.items():
        if after > LAST_SERIAL + 1:
            left = max(LAST_SERIAL + 1 - next_serial[prefix], 0)
            raise Refused("N3-serials", prefix=prefix, left=left, wanted=int(wanted[prefix]))
    places = prefixes.groupby(prefixes).cumcount().to_numpy(dtype=np.int64)
    serials = prefixes.map(next_serial).to_numpy(dtype=np.int64) + places
    digits = pd.Series(serials, index=prefixes.index).astype("str").str.zfill(6)
    return prefixes.str.cat(digits), following
