"""N9: whatever people scan, lose, find, spoil and hand over, every certificate is in exactly one place."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from rules.custody import AT_LEVEL
from rules.package_check import FindingKind
from rules.refusals import Refused
from rules.sheets import SpoilReason
from rules.states import Certificate, Custody
from tasks.custody import dispatch_lot, scan
from tasks.hand_over import hand_over
from tasks.package_check import check_package, note_found, note_returned
from tasks.packing import pack_lot
from tasks.spoil import spoil
from tasks.track import move
from tests.printed_lots import PACKED, installation, printed_lot, shipped_reference, student_no
from tests.rules.policy_packs import january_2020

pytestmark = pytest.mark.usefixtures(installation.__name__)
CASES, SHEETS, PACKAGES = table_of(Case), table_of(CertificateSheet), table_of(Package)
EAST, WEST = "1100201", "1100301"
UNITS = ("010", "110", "120", EAST, WEST)
CENTRES = [EAST, WEST, EAST]
ISSUED = datetime(2020, 1, 20, 9, tzinfo=PACKED.tzinfo)
MOVING = {Custody.IN_TRANSIT, *AT_LEVEL.values()}
ACTS = ("scan", "send", "check", "find", "return", "spoil", "print", "pack", "hand over")
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.sampled_from(UNITS), st.integers(0, 9))
LOTS = count(1)


class History:
    """One lot of three certificates, and what people do with it; time only goes on."""

    def __init__(self) -> None:
        self.part = next(LOTS)
        self.first = self.part * len(CENTRES)
        self.lot = printed_lot(CENTRES, part=self.part, first=self.first)
        self.at = ISSUED

    def do(self, act: str, which: int, unit: str, chance: int) -> None:
        """Do something; what is refused changes nothing."""
        self.at += timedelta(minutes=7)
        number = f"511618202005{self.first + which:06d}"
        kind = list(FindingKind)[chance % 4]
        acts: dict[str, Callable[[], object]] = {
            "scan": lambda: scan(self.code(which), unit, False, self.at, "赵", shipped_reference()),
            "send": lambda: scan(self.code(which), unit, True, self.at, "赵", shipped_reference()),
            "check": lambda: check_package(
                self.code(which), unit, {kind: [number]}, self.at, "赵", shipped_reference()
            ),
            "find": lambda: note_found(number, unit, self.at, "赵"),
            "return": lambda: note_returned(number, "赵", self.at),
            "spoil": lambda: spoil(number, list(SpoilReason)[chance % len(SpoilReason)], "赵", self.at),
            "print": self.print_again,
            "pack": self.pack,
            "hand over": lambda: hand_over(
                student_no(self.first + which), unit, self.at, "赵", january_2020(), record_later=True
            ),
        }
        with suppress(Refused):
            acts[act]()

    def code(self, which: int) -> str:
        """The code of one of the lot's packages, or of one that does not exist."""
        with reading() as db:
            wanted = select(PACKAGES.c.code).where(PACKAGES.c.lot_id == self.lot).order_by(PACKAGES.c.id)
            codes = list(db.scalars(wanted))
        return codes[which % len(codes)] if codes else "202001-999999-1"

    def print_again(self) -> None:
        """Every certificate without a good sheet gets one, as the next run would print it."""
        with transaction() as db:
            bare = (CASES.c.lot_id == self.lot) & (CASES.c.certificate == Certificate.NUMBERED)
            move(db, Certificate.PRINTED, bare, stream=f"lot:{self.lot}", as_of=self.at, actor="赵")

    def pack(self) -> None:
        """Pack what is ready and send it."""
        pack_lot(self.lot, self.at, january_2020())
        dispatch_lot(self.lot, self.at, shipped_reference())

    def places(self) -> Iterator[tuple[str, str, object]]:
        """Yield of each certificate where its case says that it is, its sheet, and its package."""
        wanted = (
            select(CASES.c.custody, CASES.c.certificate, PACKAGES.c.id, PACKAGES.c.custody.label("lies"))
            .join_from(CASES, SHEETS, SHEETS.c.case_id == CASES.c.id)
            .outerjoin(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
            .where(CASES.c.lot_id == self.lot)
        )
        with reading() as db:
            for row in db.execute(wanted).all():
                yield row.custody, row.certificate, row.lies

    def counts(self) -> list[tuple[int, int]]:
        """What each package says that it holds, and what lies in it."""
        inside = select(SHEETS.c.package_id).where(SHEETS.c.package_id.is_not(None))
        wanted = select(PACKAGES.c.id, PACKAGES.c.certificates).where(PACKAGES.c.lot_id == self.lot)
        with reading() as db:
            lying = list(db.scalars(inside))
            return [(row.certificates, lying.count(row.id)) for row in db.execute(wanted)]


def in_one_place(history: History) -> None:
    """Each certificate is with its package, or out of it for a reason; packages count what lies in them."""
    for custody, certificate, lies in history.places():
        if custody in MOVING:
            assert lies == custody, "a certificate that moves is where its package is"
            assert certificate == Certificate.PACKED
        elif custody in (Custody.NONE, Custody.RETURNED):
            assert lies is None, "what is back at HQ, or has no good sheet, lies in no package"
        else:
            assert custody in (Custody.HANDED_OVER, Custody.LOST, Custody.DAMAGED)
    assert all(said == found for said, found in history.counts())


def histories(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    same = {"max_examples": examples, "suppress_health_check": list(HealthCheck)}
    return lambda test: settings(**same)(given(st.lists(STEP, min_size=50, max_size=50))(test))


@histories(8)
def test_every_certificate_is_in_exactly_one_place_at_every_step(steps) -> None:
    _live(steps)


@pytest.mark.slow
@histories(500)
def test_every_certificate_is_in_exactly_one_place_in_500_histories_of_50_steps(steps) -> None:
    _live(steps)


def _live(steps: list[tuple[str, int, str, int]]) -> None:
    history = History()
    history.pack()
    for step in steps:
        history.do(*step)
        in_one_place(history)
