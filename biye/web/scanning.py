"""Scans that a phone, a USB scanner or a keyboard sends: many at once, each by itself, each once (N9)."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from biye.web.guard import Confirmer
from biye.web.page import page
from rules.clock import in_shanghai, now_in_shanghai
from rules.refusals import Reason, Refused, register
from tasks.custody import ScanResult, Sent, scan
from tasks.policy import current_reference
from tasks.unit_packages import unit_packages
from tasks.web_session import Visitor

register(
    Reason(
        "N9-scan-time",
        "N9",
        "扫描时间 {at} 不在最近 {days} 天内。",
        "The scan's time {at} is not within the last {days} days.",
        "请核对手机的日期和时间后重新扫描。",
        "Put the phone's clock right and scan again.",
    ),
)
router = APIRouter()
_OLDEST, _AHEAD = timedelta(days=30), timedelta(minutes=5)


class OneScan(BaseModel):
    """One scan as a device noted it. code: link, token or typed code; at: when, by the device's clock."""

    code: str = Field(min_length=1, max_length=300)
    direction: Literal["in", "out"]
    nonce: str = Field(pattern=r"^[0-9A-Za-z-]{16,40}$")
    at: AwareDatetime | None = None


class Scans(BaseModel):
    """What a device sends at once."""

    scans: Annotated[list[OneScan], Field(min_length=1, max_length=200)]
    device: str = Field(default="", max_length=40)


class Told(BaseModel):
    """What became of one scan. outcome: moved, repeated, sighting or refused; error: the refusal's code."""

    nonce: str
    outcome: str
    code: str = ""
    certificates: int = 0
    sentence: str
    sentence_en: str
    error: str = ""


class Answers(BaseModel):
    """An answer for each scan, in the order sent."""

    results: list[Told]


class Awaited(BaseModel):
    """A package on its way to the unit that asks."""

    code: str
    certificates: int


class Expected(BaseModel):
    """What a unit waits for."""

    unit: str
    expected: list[Awaited]


@router.get("/scan", include_in_schema=False)
def scan_page(request: Request, visitor: Confirmer) -> Response:
    """Show the page that scans."""
    tree = current_reference().tree
    return page(request, "scan", {"visitor": visitor, "unit": tree.said(visitor.unit)})


@router.get("/api/expected", responses={404: {"description": "no session that may confirm"}})
def expected(visitor: Confirmer) -> Expected:
    """Return what is on its way to the visitor's unit."""
    found = unit_packages(visitor.unit, current_reference().tree).expected
    return Expected(
        unit=visitor.unit,
        expected=[Awaited(code=one["code"], certificates=one["certificates"]) for one in found],
    )


@router.post("/api/scans", responses={403: {}, 404: {"description": "no session that may confirm"}})
def scans(sent: Scans, visitor: Confirmer) -> Answers:
    """Take scans in, one by one: what is wrong with one never stops the rest."""
    return Answers(results=[_told(one, sent.device, visitor) for one in sent.scans])


def _told(one: OneScan, device: str, visitor: Visitor) -> Told:
    try:
        result = _scanned(one, device, visitor)
    except Refused as refusal:
        said = {"sentence": refusal.text("zh"), "sentence_en": refusal.text("en")}
        return Told(nonce=one.nonce, outcome="refused", error=refusal.code, **said)
    return Told(
        nonce=one.nonce,
        outcome=result.outcome.value,
        code=result.code,
        certificates=result.certificates,
        sentence=result.sentence,
        sentence_en=result.sentence_en,
    )


def _scanned(one: OneScan, device: str, visitor: Visitor) -> ScanResult:
    way, sent = one.direction == "out", Sent(one.nonce, device)
    at = _instant(one.at, now_in_shanghai())
    return scan(one.code, visitor.unit, way, at, visitor.name, current_reference(), sent=sent)


def _instant(at: datetime | None, now: datetime) -> datetime:
    """Return when it was scanned: a device's clock may run ahead a little, and a queue may be days old."""
    if at is None:
        return now
    if not now - _OLDEST <= at <= now + _AHEAD:
        raise Refused("N9-scan-time", at=f"{in_shanghai(at):%Y-%m-%d %H:%M}", days=_OLDEST.days)
    return min(in_shanghai(at), now)
