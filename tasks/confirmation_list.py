"""A signed list (领取签收表) of students who looked at their records, entered as a CSV file (N5, N9)."""

import csv
from datetime import datetime
from io import StringIO

from models.database import transaction
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.tracking import Tracking, check_paper
from tasks.confirmation import Entered, Judged, Word, confirm_records, judge_words
from tasks.decode import decode

STUDENT_NO, WRONG, FOUND = "学号", "有误栏目", "说明"
_SHOWN = 10


def enter_list(
    data: bytes, file: str, by: str, at: datetime, actor: str, pack: Pack, reference: Reference
) -> Entered:
    """Enter a list's lines, each as good as a student's word at the centre; all, or none if one cannot be.

    data: CSV with the heading 学号, and 有误栏目 and 说明 where a record is wrong. Raises Refused
    N5-record-list with the lines and why, N5-record-columns, N9-no-paper, file-….
    """
    check_paper(pack, reference, by)
    words = read_words(data, file)
    with transaction() as db:
        judged = judge_words(db, {one.student_no: one for one in words}, by, at, pack.season, reference)
    _refuse_lines(judged, words, file)
    return confirm_records(words, by, at, actor, pack, reference, Tracking.PAPER)


def read_words(data: bytes, file: str) -> list[Word]:
    """Return a list's words in its order; Refused N5-record-columns, file-…."""
    rows = csv.DictReader(StringIO(decode(data, file).data.decode()))
    words = [_word(row) for row in rows]
    if not any(one.student_no for one in words):
        raise Refused("N5-record-columns", file=file)
    return words


def _word(row: dict[str, str | None]) -> Word:
    return Word(*((row.get(name) or "").strip() for name in (STUDENT_NO, WRONG, FOUND)))


def _refuse_lines(judged: list[Judged], words: list[Word], file: str) -> None:
    """Refuse a list with the places of its lines that cannot be entered; the header is line 1."""
    places = {one.student_no: place for place, one in enumerate(words, start=2)}
    bad = {places[one.word.student_no]: one.refusal for one in judged if one.refusal}
    if bad:
        said = [f"{place} {refusal.code}" for place, refusal in sorted(bad.items())[:_SHOWN]]
        more = "…" if len(bad) > _SHOWN else ""
        lines = {"lines": "，".join(said) + more, "lines_en": ", ".join(said) + more}
        raise Refused("N5-record-list", file=file, count=len(bad), **lines)
