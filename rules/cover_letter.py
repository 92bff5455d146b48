"""The reminder that a unit gets about its covers: what is missing, what is to be explained, whom to ask (N6).

Chinese first, then the same in English; the contact of V1 stands below.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rules.cover import ASKED, CoverState
from rules.deadlines import day_of
from rules.season import Pack


@dataclass(frozen=True)
class CoverLine:
    """What is asked of a unit for one level (empty: of all)."""

    level: str
    state: CoverState
    estimate: int | None
    graduates: int
    difference: float | None


def cover_letter(pack: Pack, code: str, name: str, lines: Iterable[CoverLine], today: date) -> str:
    """Return the text of one unit's letter."""
    asked = [line for line in lines if line.state in ASKED]
    to = pack.covers.report_to if pack.covers else pack.contacts.email
    parts = [
        f"{name}（{code}）：",
        f"　　{pack.season} 毕业季毕业证封皮征订，请贵单位办理：",
        *(f"　　{place}. {_zh(line)}" for place, line in enumerate(asked, start=1)),
        f"　　请{_until(pack, '于 {day} 前', '尽快')}将“层次、数量、说明”报送 {to}"
        "（模板：biye submission template cover-estimate），数量应与毕业生人数基本一致。",
        "",
        f"To {code}: covers of season {pack.season}.",
        *(f"  {place}. {_en(line)}" for place, line in enumerate(asked, start=1)),
        f"Please send level, quantity and note to {to}{_until(pack, ' by {day}', ' soon')}; "
        "the quantity should roughly match the number of graduates.",
        "",
        *_contact(pack),
        f"{today:%Y-%m-%d}",
    ]
    return "\n".join(parts) + "\n"


def _zh(line: CoverLine) -> str:
    if line.state is CoverState.MISSING:
        approved = f"（已审批毕业生 {line.graduates} 人）" if line.graduates else ""
        return f"尚未收到{line.level}征订数量{approved}"
    said = f"{line.level}征订 {line.estimate}，已审批毕业生 {line.graduates} 人，相差 {line.difference:+}%"
    return f"{said}，请更正数量或说明原因"


def _en(line: CoverLine) -> str:
    if line.state is CoverState.MISSING:
        level = f" for {line.level}" if line.level else ""
        return f"no estimate was received{level} ({line.graduates} graduates approved)"
    said = f"{line.level}: {line.estimate} covers for {line.graduates} graduates ({line.difference:+}%)"
    return f"{said}; correct the quantity or explain it"


def _until(pack: Pack, dated: str, undated: str) -> str:
    day = day_of(pack, pack.covers.deadline) if pack.covers else None
    return dated.format(day=day) if day else undated


def _contact(pack: Pack) -> Iterator[str]:
    """V1: the office in charge."""
    office = pack.contacts
    yield office.office + "".join(f" {person}" for person in office.persons)
    yield f"电话 {office.telephone} · {office.email}"
    yield f"{office.address}（{office.postcode}）"
