"""One file sent by hand: received, judged with whatever waits before it, and answered."""

from datetime import datetime
from pathlib import Path

from models.settings import settings
from rules.clock import now_in_shanghai
from rules.reference import HQ
from rules.refusals import Refused
from rules.senders import check_sender, kind_named, reporting_units
from rules.sources import Source
from rules.submission import KINDS
from tasks.answering import answer
from tasks.intake import take_in, waiting_submissions
from tasks.policy import current_reference, season_pack
from tasks.pull import Pulled, pull
from tasks.receiving import GivenTime, receive
from tasks.seasons import season_meant
from tasks.size_cap import refuse_over_cap


def send_file(
    path: Path, kind: str, unit: str, season: str, received_at: datetime | None = None, by: str = ""
) -> int:
    """Receive a file, judge it, write its answer and return its receipt number.

    kind: in Chinese or English. received_at: by HQ alone, named by `by`, logged. What waits unjudged is
    judged as well: a roster must stand before what is compared with it. A file that is quarantined has a
    receipt, too. season: "" for the only one there is.
    Raises Refused season-…, reference-none, file-kind, file-over-cap, file-again, sender-…,
    received-at-….
    """
    season, kind = season_meant(season), known_kind(kind)
    check_sender(kind, unit, reporting_units(current_reference().organisations))
    refuse_over_cap(path.stat().st_size, kind, path.name)
    now = now_in_shanghai()
    given = None if received_at is None else _given(received_at, now, by)
    receipt = receive(season, kind, unit, path.name, path.read_bytes(), received_at or now, given)
    _judge_waiting(season, now)
    return receipt


def pull_file(source: Source, season: str = "") -> Pulled:
    """Fetch a file from where a unit offers it and judge it; the same again is no new receipt.

    Raises Refused season-…, reference-none, pull-…, file-over-cap, sender-…; Unsent pull-….
    """
    season, now = season_meant(source.season or season), now_in_shanghai()
    pulled = pull(source, season, now)
    _judge_waiting(season, now)
    return pulled


def _judge_waiting(season: str, now: datetime) -> None:
    pack, reference = season_pack(season), current_reference()
    for number in waiting_submissions(season, now):
        take_in(number, pack, reference, now)
        answer(number, pack)


def known_kind(text: str) -> str:
    """Return the kind that is meant; Refused file-kind."""
    kind = kind_named(text)
    if kind not in KINDS:
        raise Refused("file-kind", kind=text, allowed=", ".join(KINDS))
    return kind


def _given(received_at: datetime, now: datetime, by: str) -> GivenTime:
    unit = settings().unit
    if unit != HQ:
        raise Refused("received-at-hq", unit=unit)
    if received_at > now:
        raise Refused("received-at-future", given=f"{received_at:%Y-%m-%d %H:%M:%S}", now=f"{now:%F %T}")
    return GivenTime(by, now)
