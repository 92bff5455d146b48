"""What happens in the invented January 2020 season: days, units with a part, students with a fate.

Receipts come on few days, so that a replay by date stays short. Times are Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.clock import SHANGHAI


def at(day: str, time: str = "00:00:00") -> datetime:
    """Return an instant in Asia/Shanghai."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


OPENING = "2019-11-29"  # roster and grade history, first practice grades
PRACTICE_SECOND = "2019-12-02"
BUNDLE_DAYS = ("2019-12-02", "2019-12-03", "2019-12-06", "2019-12-12")  # audit data and photos
CERTIFICATE_DAYS = {1: "2020-01-02", 2: "2020-04-01"}  # certificate data of each batch, in one go
RESEND_DAY = "2019-12-06"
COVER_DAY = "2019-12-12"  # cover estimates
LAST_DAY = "2020-01-15"  # of batch 1; urgent requests
VACATION_DAY = "2020-02-03"
SECOND_DAYS = ("2020-02-26", "2020-03-02", "2020-03-06")
LATE_PHOTO_DAY = "2020-03-02"
LAST_MINUTE = at("2019-12-02", "23:59:00")
TOO_LATE = at("2019-12-03", "00:00:00")
LAST_EXEMPTION = at("2019-12-10", "23:59:59")
LATE_EXEMPTION = at("2019-12-11", "00:00:00")
FAST_TRACK_MIXED = at("2020-03-06", "11:00:00")
FAST_TRACK_LAST = at("2020-03-09", "23:59:00")
FAST_TRACK_LATE = at("2020-03-10", "00:00:00")
FAST_TRACK_AGAIN = at("2020-03-10", "10:00:00")  # what came late, as ordinary audit data
LAST_SAFE = at("2020-04-02", "10:00:00")
TAIL = at("2020-04-16", "10:00:00")  # the first half of the tail's certificate data
TAIL_COMPLETE = at("2020-04-17", "17:00:00")
LAST_EXTENSION = at("2020-05-15", "23:59:59")
LATE_EXTENSION = at("2020-05-16", "00:00:00")

FAST_TRACK_PARTS = ("fast-track", "fast-track-late", "fast-track-mixed")
LAST_DAY_PARTS = {"last-day": at(LAST_DAY, "15:00:00"), "urgent": at(LAST_DAY, "18:00:00")}
_COMPLETED = {"last-safe-day": [LAST_SAFE], "tail": [TAIL, TAIL_COMPLETE]}


@dataclass(frozen=True)
class Part:
    """What one unit does out of the ordinary."""

    name: str
    clause: str
    zh: str


PARTS = {
    "140": Part("last-minute-practice", "T1", "实践成绩12-02 23:59到达，仍按首批接收"),
    "620": Part("late-practice", "T1", "实践成绩12-03 00:00到达，暂存，第二批通过"),
    "360": Part("early-final-exam", "T1", "首批中报来期末成绩，暂存至第二批"),
    "460": Part("vacation-audit-data", "N4", "寒假中02-03报来审核数据，暂存至第二批"),
    "530": Part("broken-file", "R1", "文件损坏，整份退回后重报"),
    "320": Part("sent-twice", "N3", "同一文件报两次"),
    "370": Part("corrected-grades", "N3", "成绩更正，经总部批准"),
    "430": Part("bad-practice-rows", "T1", "实践成绩有错行，退回后补报"),
    "440": Part("bad-audit-rows", "R1", "审核数据有错行，退回后补报"),
    "640": Part("scattered", "N3", "分七次零散上报，提醒"),
    "110": Part("urgent", "N4", "01-15报来，其中加急者先于同日各单位办理"),
    "450": Part("last-day", "T4", "01-15审批，注册上报期限02-10因春节延长改为02-12"),
    "210": Part("fast-track", "T3", "续读本科者03-09 23:59单独上报，按时"),
    "220": Part("fast-track-late", "T3", "续读本科者03-10 00:00上报，整份退回，改按普通数据"),
    "230": Part("fast-track-mixed", "T3", "续读本科文件混有普通学生，整份退回后重报"),
    "310": Part("last-safe-day", "N1", "04-02报齐，04-17前办结"),
    "330": Part("tail", "N1", "颁证数据04-17才报齐，逾期转为尾批"),
    "410": Part("covers-30-over", "N6", "封皮征订比毕业人数多三成"),
    "901": Part("no-cover-estimate", "N6", "直属学院未报封皮征订"),
    "420": Part("extension-list-late", "N8", "延期名单05-16 00:00上报，迟，退回"),
}


def part_of(unit: str) -> str:
    """Return the name of a unit's part, "" for most."""
    return PARTS[unit].name if unit in PARTS else ""


@dataclass(frozen=True)
class Fate:
    """Something out of the ordinary that happens to a few students.

    outcome: passes (in their batch), second (fails in batch 1, passes in batch 2), or fails for good.
    level: only students of that level. applies: whether the unit reports them as graduates at all.
    """

    name: str
    clause: str
    zh: str
    outcome: Literal["passes", "second", "fails"] = "fails"
    level: str = ""
    applies: bool = True


FATES = (
    Fate("photo-late", "N7", "照片03-02才到：已注册，01-20不公开，补到后公开", "passes"),
    Fate("module-credits-short", "G0", "模块学分不足"),
    Fate("partner-mathematics", "N2", "数学与应用数学（本科）：按时注册，盖章后发出", "passes", "本科"),
    Fate("new-grades-in-batch-2", "G0", "首批未通过，第二批新成绩后通过", "second"),
    Fate("rare-name", "T4", "姓名有生僻字：学信网退回，核对后重报", "passes"),
    Fate(
        "partner-education-management",
        "N2",
        "公共事业管理（教育管理）：按时注册，盖章后发出",
        "passes",
        "本科",
    ),
    Fate("credits-short", "R1", "分部通过而总部未通过：毕业学分不足"),
    Fate("central-credits-short", "G0", "中央电大考试学分不足"),
    Fate("too-early", "G0", "入学未满5学期"),
    Fate("validity-over", "N8", "2011年秋季入学，已超学籍有效期"),
    Fate("validity-last-term", "N8", "2012年春季入学，最后一学期毕业", "passes"),
    Fate("under-discipline", "G0", "处分未解除"),
    Fate("not-enrolled", "G0", "休学"),
    Fate("no-conduct-appraisal", "G0", "缺思想品德鉴定"),
    Fate("remedial-missing", "G0", "补修课未通过", level="本科"),
    Fate("unified-exam-missing", "G0", "统考未通过", level="本科"),
    Fate("prior-credential-unverified", "G0", "前置学历未核验"),
    Fate("exempted-too-much", "G0", "免修免考学分超限"),
    Fate("branch-did-not-pass", "R1", "分部审核未通过"),
    Fate("photo-never", "R1", "无照片：注册而不公开，证书暂缓", "passes"),
    Fate("other-document", "T4", "护照：学信网退回证件号，核对后重报", "passes"),
    Fate("retake-counts", "G0", "补考取最高成绩", "passes"),
    Fate("same-major-without-direction", "N2", "公共事业管理（无方向）：不需盖章", "passes", "本科"),
    Fate("exemption-in-time", "R3", "免修免考12-10 23:59:59递交，本季有效", "passes"),
    Fate("exemption-late", "R3", "免修免考12-11 00:00:00递交，转2020年7月"),
    Fate("exemption-late-spare", "R3", "免修免考迟交而无须该课：分部撤回，总部批准后通过", "passes"),
    Fate("spring-2012-extended", "N8", "2012年春季入学，延期获批", applies=False),
    Fate("spring-2012-rejected", "N8", "2012年春季入学，延期未批，退学", applies=False),
    Fate("spring-2012-silent", "N8", "2012年春季入学，未申请延期，退学", applies=False),
    Fate("autumn-2011-extended", "N8", "2011年秋季入学，已延期至2020年春季，保留", applies=False),
    Fate("spring-2011-used-up", "N8", "2011年春季入学，延期已用完，退学", applies=False),
)
_NOT_APPLYING = frozenset(fate.name for fate in FATES if not fate.applies)
SHARE_OF_EACH = 0.0015


def draw_fates(rng: np.random.Generator, free: npt.NDArray[np.bool_]) -> list[str]:
    """Return a fate name per student, "" for most; free: who may have one."""
    fates = [""] * len(free)
    kinds = FATES if len(free) >= 100 else FATES[: max(1, len(free) // 4)]
    each = max(1, round(len(free) * SHARE_OF_EACH))
    chosen = rng.permutation(np.flatnonzero(free))
    for place, student in enumerate(chosen[: each * len(kinds)]):
        fates[student] = kinds[place % len(kinds)].name
    return fates


def applies(fates: "pd.Series[str]") -> "pd.Series[bool]":
    """Return which students their units report as graduates."""
    return ~fates.isin(_NOT_APPLYING)


def passes_second(fates: "pd.Series[str]") -> "pd.Series[bool]":
    """Return which students of batch 1 pass in batch 2 only."""
    return fates.isin([fate.name for fate in FATES if fate.outcome == "second"])


def goes_on(part: str, students: pd.DataFrame) -> "pd.Series[bool]":
    """T3: return who goes on to an undergraduate programme and is reported separately."""
    return (students["level"] == "专科") & (part in FAST_TRACK_PARTS)


def practice_received(part: str, place: int) -> datetime:
    """Return when a unit's practice grades come: on the first or last day of the window, or by its part."""
    if part == "last-minute-practice":
        return LAST_MINUTE
    if part == "late-practice":
        return TOO_LATE
    first = place % 2 == 0 or part in ("sent-twice", "corrected-grades", "bad-practice-rows")
    return at(OPENING if first else PRACTICE_SECOND, "10:00:00") + timedelta(minutes=place)


def bundle_times(part: str, place: int, students: int) -> list[datetime]:
    """Return when a unit's bundles of batch 1 come: one to three, seven from the unit that scatters (N3)."""
    if part == "scattered" and students >= 7:
        days = [*BUNDLE_DAYS, *BUNDLE_DAYS[1:]]
        return [
            at(day, "14:00:00") + timedelta(hours=index // 4, minutes=place) for index, day in enumerate(days)
        ]
    if part in ("broken-file", "bad-audit-rows"):
        return [at("2019-12-03", "14:00:00") + timedelta(minutes=place)]
    if part in LAST_DAY_PARTS:  # the urgent one is the last of all, so that whoever is urgent overtakes
        return [LAST_DAY_PARTS[part]]
    parts = 1 if students < 8 else 2 if students < 40 else 3
    days = sorted(BUNDLE_DAYS[(place + step) % len(BUNDLE_DAYS)] for step in range(parts))
    return [at(day, "14:00:00") + timedelta(minutes=place) for day in days]


def second_time(place: int) -> datetime:
    """Return when a unit's final-exam grades come."""
    return at(SECOND_DAYS[place % len(SECOND_DAYS)], "10:00:00") + timedelta(minutes=place)


def second_bundle_time(place: int) -> datetime:
    """Return when a unit's bundle of batch 2 comes: soon after its grades."""
    return second_time(place) + timedelta(minutes=10)


def certificate_times(part: str, place: int, batch: int) -> list[datetime]:
    """Return when a unit's certificate data of a batch come: once all are registered, or by its part (R2)."""
    if batch == 1 and part in LAST_DAY_PARTS:
        return [LAST_DAY_PARTS[part] + timedelta(minutes=4)]
    if batch == 2 and part in _COMPLETED:
        return _COMPLETED[part]
    return [at(CERTIFICATE_DAYS[batch], "10:00:00") + timedelta(minutes=place)]
