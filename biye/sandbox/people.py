"""Invented people: random names and well-formed ID numbers that nobody can have (area 999999)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Strings = NDArray[np.str_]

_AREA = "999999"
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_DIGITS = np.array(list("10X98765432"))
_SURNAMES = np.array(
    [
        *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈",
        *"姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
        *("欧阳", "上官", "司徒", "诸葛"),
    ]
)
_GIVEN = np.array(
    list(
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉建华国玉兰英红梅春海东小云峰雪晓宁志新立鹏飞宇浩然欣怡"
        "佳琪梓涵子轩思远嘉诚雅婷博文俊凯晨曦若彤泽瑞安琳慧颖倩莉珍荣永康庆福学仁义信德昌盛成"
    )
)
RARE_GIVEN = ("䶮", "𬭊", "㛃", "堃", "喆")
_DOTTED = ("阿依古丽·买买提", "古丽娜尔·艾合买提", "艾力·吐尔逊", "卓玛·次仁", "热依汗·阿不都拉")
_ETHNICITIES = np.array(["汉族", "回族", "满族", "壮族", "维吾尔族", "藏族", "苗族", "蒙古族"])
_ETHNICITY_SHARES = (0.9, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01)


def draw_names(rng: np.random.Generator, count: int) -> Strings:
    """Return names of one surname and one or two given characters."""
    first = _GIVEN[rng.integers(0, len(_GIVEN), count)]
    second = np.where(rng.random(count) < 0.8, _GIVEN[rng.integers(0, len(_GIVEN), count)], "")
    surname = _SURNAMES[(rng.beta(1, 2.5, count) * len(_SURNAMES)).astype(int)]
    return np.char.add(np.char.add(surname, first), second).astype("U16")


def draw_rare_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return names with characters beyond GBK or beyond the BMP, and names with a middle dot, in turn."""
    surnames = _SURNAMES[rng.integers(0, 50, count)]
    pool = [*RARE_GIVEN, *_DOTTED[:1], *RARE_GIVEN, *_DOTTED[1:2]]
    picked = [pool[place % len(pool)] for place in range(count)]
    return [given if "·" in given else f"{surnames[place]}{given}" for place, given in enumerate(picked)]


def draw_ethnicities(rng: np.random.Generator, count: int) -> Strings:
    """Return ethnic groups, most of them 汉族."""
    return _ETHNICITIES[rng.choice(len(_ETHNICITIES), count, p=_ETHNICITY_SHARES)]


def draw_birth_dates(rng: np.random.Generator, count: int) -> pd.Series:
    """Return birth dates from 1975 to 1999 as datetime64 days."""
    days = rng.integers(0, 25 * 365, count)
    return pd.Series(np.datetime64("1975-01-01") + days.astype("timedelta64[D]"))


def make_id_numbers(births: pd.Series, male: NDArray[np.bool_]) -> Strings:
    """Return a distinct ID number per person, valid by GB 11643: odd 17th digit for men."""
    rank = (
        pd.DataFrame({"birth": births.to_numpy(), "male": male})
        .groupby(["birth", "male"])
        .cumcount()
        .to_numpy()
    )
    serial = rank * 2 + male
    if len(serial) and serial.max() > 999:
        raise ValueError("more than 500 people of one sex share a birth date: no ID number is left")
    day = births.dt.strftime("%Y%m%d").to_numpy(dtype="U8")
    body = np.char.add(np.char.add(_AREA, day), np.char.zfill(serial.astype("U3"), 3)).astype("U17")
    return np.char.add(body, check_digits(body))


def check_digits(bodies: Strings) -> Strings:
    """Return the GB 11643 check digit of each 17-digit body.

    >>> str(check_digits(np.array(["11010519491231002"]))[0])
    'X'
    """
    digits = np.ascontiguousarray(bodies.astype("U17")).view("U1").reshape(-1, 17).astype(int)
    last: Strings = _CHECK_DIGITS[(digits * _WEIGHTS).sum(axis=1) % 11]
    return last
