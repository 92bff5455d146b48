"""Certified statements (毕业证明书) for certificates lost after hand-over: they cite the number (N5)."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import UnidentifiedImageError
from sqlalchemy import Connection, Row, insert, select

from models.archive import fetch, keep
from models.case import Case
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.settings import settings
from models.spoiled import CertifiedStatement
from rules.chinese_dates import in_numerals
from rules.clock import day_in_shanghai
from rules.identity import mask_id
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.season import Pack
from rules.sheets import CHINESE, SpoilReason, check_statement
from tasks.case_photos import CasePhotos
from tasks.certificate_named import as_sheet, certificate_named
from tasks.certificate_pdf import Sheet, sheets_of, statement
from tasks.fonts import font_chain
from tasks.graduate import graduates
from tasks.paper import Paper
from tasks.spoil import check_name

_CASES, _STATEMENTS = table_of(Case), table_of(CertifiedStatement)
TITLE, PHOTO = "毕业证明书", (87.0, 52.0, 36.0, 48.0)


@dataclass(frozen=True)
class Statement:
    """One statement. number: of the certificate, masked; repeated: it was issued before."""

    entry: int
    number: str
    issued_at: datetime
    file: str
    repeated: bool


def issue_statement(
    named: str, reason: SpoilReason, by: str, as_of: datetime, pack: Pack, reference: Reference
) -> Statement:
    """Issue the statement of a certificate that its student has lost, once; the PDF goes to `out/010/`.

    Never a second certificate. Asked for again, the same statement comes. Raises Refused sheet-…,
    R1-photo-unreadable.
    """
    check_name(by)
    with transaction() as db:
        case = certificate_named(db, named, pack.season)
        check_statement(as_sheet(case))
        known = db.execute(select(_STATEMENTS).where(_STATEMENTS.c.case_id == case.id)).one_or_none()
        made = known or _issue(db, case, reason, by, as_of, pack, reference)
        file = settings().folder("out", HQ) / f"毕业证明书-{made.id:04d}.pdf"
        file.write_bytes(fetch(made.archived))
    return Statement(made.id, mask_id(case.number), made.issued_at, str(file), known is not None)


def _issue(
    db: Connection,
    case: Row[Any],
    reason: SpoilReason,
    by: str,
    as_of: datetime,
    pack: Pack,
    reference: Reference,
) -> Row[Any]:
    rows = graduates(db, _CASES.c.id == case.id, pack, reference)
    with CasePhotos(db, rows) as photos:
        photo = photos.photo_of(case.id)
    (sheet,) = sheets_of(rows)
    archived = keep(statement_pdf(sheet, reason, photo, as_of))
    row = {"season": case.season, "case_id": case.id, "number": case.number, "reason": reason.value}
    made = insert(_STATEMENTS).values(**row, archived=archived, by=by, issued_at=as_of)
    found = db.execute(made.returning(_STATEMENTS)).one()
    record(db, f"lot:{case.lot_id}", "statement-issued", as_of, actor=by, ids=[case.id], file=archived)
    return found


def statement_pdf(sheet: Sheet, reason: SpoilReason, photo: bytes | None, as_of: datetime) -> bytes:
    """Return the statement as a PDF: what the certificate said, its number, and why there is a statement."""
    paper, written = Paper(font_chain(), "portrait", TITLE), BytesIO()
    paper.add_page()
    paper.write_at(105, 38, TITLE, 30, "centre")
    if photo:
        _draw_photo(paper, sheet.case_id, photo)
    said = (
        f"　　{statement(sheet)}原毕业证书编号 {sheet.number}，发证日期 {sheet.issue_date:%Y-%m-%d}，"
        f"因{CHINESE[reason]}不再补发，特此证明。"
    )
    for place, line in enumerate(paper.lines_of(said, 16, 160)):
        paper.write_at(25, 118 + place * 11, line, 16)
    foot = (f"校　　名：{sheet.school_name}", f"校（院）长：{sheet.principal}")
    for place, line in enumerate((*foot, f"出具日期：{in_numerals(day_in_shanghai(as_of))}")):
        paper.write_at(95, 228 + place * 11, line, 14)
    paper.save(written)
    return written.getvalue()


def _draw_photo(paper: Paper, case_id: int, photo: bytes) -> None:
    try:
        paper.image(photo, *PHOTO)
    except UnidentifiedImageError:
        raise Refused("R1-photo-unreadable", case_id=case_id) from None
