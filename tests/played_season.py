"""Batch 1 of a synthetic season, played by the tasks' plain functions: what an operator finds in January."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from biye.sandbox.bearers import Bearers
from biye.sandbox.incidents import Incidents
from biye.sandbox.registry import receipt_for, unanswered_packages
from biye.sandbox.season import write_season
from models import database
from rules.clock import SHANGHAI
from rules.reference import Reference
from rules.refusals import Refused
from rules.season import Pack
from tasks.answering import answer
from tasks.approval import approvals, approve
from tasks.audit import audit_lot
from tasks.certificate import print_lot
from tasks.dispatch import send_lot
from tasks.intake import take_in, waiting_submissions
from tasks.lot import approved_lots
from tasks.numbers import allocate_numbers
from tasks.packing import pack_lot
from tasks.policy import adopt_pack, load_reference
from tasks.promise import age_promises
from tasks.proposal import propose_lots, propose_upload
from tasks.receiving import receive
from tasks.registration import mark_sent
from tasks.registry_export import export_lot
from tasks.visibility import make_visible
from tests.conftest import forget_installation

SEASON, BRANCH, STUDENTS = "2020-01", "110", 30
APPROVER = "王审核"


def at(text: str) -> datetime:
    """An instant in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


AUDITED, DONE = at("2020-01-13T17:00"), at("2020-01-21T09:00")


@pytest.fixture(scope="session")
def played_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation that has played batch 1, made once; do not change it."""
    folder = tmp_path_factory.mktemp("played")
    with pytest.MonkeyPatch.context() as patch:
        _at_home(folder / "home", patch)
        # A rare name is held back wherever the tests run, whichever fonts a machine has.
        patch.setattr("tasks.fonts._system_files", lambda: ())
        _play(folder / "input")
        database.engine().dispose()
        forget_installation()
    return folder / "home"


@pytest.fixture
def played(played_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of one test that has played batch 1."""
    shutil.copytree(played_home, tmp_path / "home")
    _at_home(tmp_path / "home", monkeypatch)
    yield tmp_path / "home"
    database.engine().dispose()
    forget_installation()


def _at_home(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("BIYE_HOME", str(home))
    patch.delenv("BIYE_DATABASE_URL", raising=False)
    patch.delenv("BIYE_ARCHIVE_URL", raising=False)
    forget_installation()


def play_intake(folder: Path) -> tuple[Pack, Reference]:
    """Play a season in this process's installation until what it sent by AUDITED is judged."""
    write_season(folder, STUDENTS, branches=[BRANCH])
    database.migrate()
    reference = load_reference(folder / "reference", at("2019-11-28T09:00"))
    pack = adopt_pack((folder / "season.yaml").read_text(encoding="utf-8"), "p", at("2019-11-28T09:00"))
    _receive(folder)
    _judge(pack, reference)
    return pack, reference


def _play(folder: Path) -> None:
    pack, reference = play_intake(folder)
    audit_lot(SEASON, 1, BRANCH, AUDITED)
    propose_lots(SEASON, 1, AUDITED)
    _approve("lot-audit", pack)
    allocate_numbers(SEASON, 1, pack, AUDITED)
    _register_print_and_send(pack, reference)
    Bearers(SEASON, reference, Incidents(print)).carry(AUDITED, pack)
    make_visible(SEASON, pack, DONE)
    age_promises(SEASON, pack, DONE)


def _receive(folder: Path) -> None:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["received_at"])
    for row in rows:
        received = datetime.fromisoformat(row["received_at"])
        data = (folder / row["file"]).read_bytes()
        if received <= AUDITED and row["kind"] != "cover-estimate":
            with suppress(Refused):
                receive(SEASON, row["kind"], row["branch"], Path(row["file"]).name, data, received)


def _judge(pack: Pack, reference: Reference) -> None:
    for receipt in waiting_submissions(SEASON, AUDITED):
        take_in(receipt, pack, reference, AUDITED)
        answer(receipt, pack)


def _approve(kind: str, pack: Pack) -> None:
    for row in approvals(SEASON):
        if row["kind"] == kind:
            approve(row["id"], APPROVER, AUDITED, document_no="审〔2020〕1号", pack=pack)


def _register_print_and_send(pack: Pack, reference: Reference) -> None:
    for lot in approved_lots(SEASON, 1):
        package = export_lot(lot, pack, reference, AUDITED)
        assert package is not None
        propose_upload(package, AUDITED)
        _approve("registry-upload", pack)
        mark_sent(package, "李上报", AUDITED)
        print_lot(lot, pack, reference, AUDITED)
        pack_lot(lot, AUDITED, pack)
        send_lot(lot, pack, reference, AUDITED)
    for package in unanswered_packages(SEASON):
        answer_of_chsi = receipt_for(package, objects=False)
        receive(SEASON, "registry-receipt", "010", f"receipt-{package}.csv", answer_of_chsi, AUDITED)
    _judge(pack, reference)
