"""What holds a certificate back: no photo, the partner university's seal, a missing glyph, a disagreement.

A hold stops only the track that it names: numbering and registration always go on (N2, N7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules.reference import HQ
from rules.season import Pack

if TYPE_CHECKING:
    import pandas as pd

CERTIFICATE, DISPATCH, VISIBILITY = "certificate", "dispatch", "visibility"
HAND_OVER = "hand-over"
PHOTO, PARTNER_SEAL, GLYPH_MISSING, MISMATCH = "photo", "partner-seal", "glyph-missing", "mismatch"
REJECTED = "registration-rejected"  # placed and released by the registry's answers, not by printing
OUTDATED = "sheet-outdated"  # printed, and the registration was corrected afterwards
REASONS = (PHOTO, PARTNER_SEAL, GLYPH_MISSING, MISMATCH)
CHINESE = {
    PHOTO: "缺照片",
    PARTNER_SEAL: "待合作高校盖章",
    GLYPH_MISSING: "缺字形",
    MISMATCH: "与注册数据不一致",
    REJECTED: "学历注册被退回",
    OUTDATED: "注册数据更正后证书须作废重印",
    "dispute": "有争议",
    "person": "待人工核实",
    "wrong-name": "姓名有误",
    "certificate-problem": "证书有误待处理",
}
TRACKS_CHINESE = {
    "registration": "学历注册",
    CERTIFICATE: "证书打印",
    DISPATCH: "证书发出",
    HAND_OVER: "证书发放",
    VISIBILITY: "公开查询",
}
_DETAIL_WIDTH = 80


@dataclass(frozen=True)
class Wanted:
    """A hold that ought to be there: which track of which case waits, why, and who has to act."""

    case_id: int
    track: str
    reason: str
    clause: str
    owner: str
    detail: str = ""

    @property
    def key(self) -> tuple[int, str, str]:
        """Return what makes two holds the same."""
        return self.case_id, self.track, self.reason


def wanted_holds(cases: pd.DataFrame, pack: Pack) -> list[Wanted]:
    """Return the holds that these cases ought to have.

    cases: case_id, branch, printed (bool), photo_submission (empty: no photo), level, programme, direction,
    lacking (characters that no font has), differs (the fields in which certificate and exported registration
    disagree, empty if none), photo_unsent (bool: registered, and the registry has no photo yet).
    """
    wanted: list[Wanted] = []
    for case in cases.assign(has_photo=cases["photo_submission"].notna()).itertuples(index=False):
        wanted += _photo(case)
        wanted += _partner_seal(case, pack)
        wanted += _printing(case)
    return wanted


def rejected_hold(case_id: int) -> Wanted:
    """Return the hold of a case whose registration was rejected: its certificate stays at HQ (R2, N5)."""
    return Wanted(case_id, DISPATCH, REJECTED, "N5", HQ)


def outdated_holds(case_id: int) -> list[Wanted]:
    """Return the holds of a case whose sheet says other than its registration, wherever it is (R2)."""
    return [Wanted(case_id, track, OUTDATED, "R2", HQ) for track in (DISPATCH, HAND_OVER)]


def _photo(case: Any) -> Iterator[Wanted]:
    """R1: no certificate without a photo; N7: nor a public record, until the registry has the photo, too."""
    if not case.has_photo and not case.printed:
        yield Wanted(case.case_id, CERTIFICATE, PHOTO, "R1", case.branch)
    if not case.has_photo or case.photo_unsent:
        yield Wanted(case.case_id, VISIBILITY, PHOTO, "N7", HQ if case.has_photo else case.branch)


def _partner_seal(case: Any, pack: Pack) -> Iterator[Wanted]:
    """N2: dispatch waits for the seal; printing goes on or waits, as the pack says."""
    major = pack.partner_seal_for(case.level, case.programme, case.direction)
    if major:
        yield Wanted(case.case_id, DISPATCH, PARTNER_SEAL, "N2", HQ, major.partner[:_DETAIL_WIDTH])
        if major.printing == "waits" and not case.printed:
            yield Wanted(case.case_id, CERTIFICATE, PARTNER_SEAL, "N2", HQ, major.partner[:_DETAIL_WIDTH])


def _printing(case: Any) -> Iterator[Wanted]:
    """R2: what would print a gap, or something else than was registered, is not printed."""
    if case.lacking and not case.printed:
        codes = " ".join(f"U+{ord(character):04X}" for character in case.lacking)
        yield Wanted(case.case_id, CERTIFICATE, GLYPH_MISSING, "R2", HQ, codes[:_DETAIL_WIDTH])
    if case.differs and not case.printed:
        yield Wanted(case.case_id, CERTIFICATE, MISMATCH, "R2", HQ, case.differs[:_DETAIL_WIDTH])
