"""Print files drawn by several processes: the same files, refusals told, no process left behind (R2)."""

import pickle
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from models.certificate import CertificateSheet
from rules.refusals import Refused
from tasks import certificate
from tasks.certificate import print_lot
from tasks.certificate_drawing import drawing_processes
from tasks.fonts import carried_font, font_chain
from tasks.numbers import allocate_numbers
from tasks.registration import export_lot
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import NOW, SEASON, case, change, give_photos, lot, reference, rows_of, season

ROOT = Path(__file__).parents[2]
FONTS = font_chain(str(carried_font()), system=False)
# A process of its own that has a drawing process, says which, and waits.
PARENT = """
import os, time
from tasks.certificate_drawing import drawing_processes
processes = drawing_processes(1)
print(processes.submit(os.getpid).result(), flush=True)
time.sleep(300)
"""


@pytest.mark.usefixtures(season.__name__)
def test_several_processes_print_the_same_files_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "PAGES", 2)
    same = lot()
    ids = [case(same, serial) for serial in range(1, 6)]
    give_photos(*ids)
    allocate_numbers(SEASON, 1, january_2020(), NOW)
    export_lot(same, january_2020(), reference(), NOW)
    print_lot(same, january_2020(), reference(), NOW, FONTS)
    files = [row["print_file"] for row in rows_of(CertificateSheet)]
    for one in ids:
        change(one, certificate="numbered")
    with drawing_processes(2) as processes:
        counts = print_lot(same, january_2020(), reference(), NOW, FONTS, processes)
    assert counts == {"printed": 5, "files": 3, "held": 0, "waiting": 0}
    assert [row["print_file"] for row in rows_of(CertificateSheet)] == files
    assert len(set(files)) == 3


def test_a_refusal_says_the_same_when_it_came_from_another_process() -> None:
    refusal = Refused("R1-photo-unreadable", case_id=1)
    told = pickle.loads(pickle.dumps(refusal))
    assert (type(told), told.code, told.where, str(told)) == (
        Refused,
        refusal.code,
        refusal.where,
        str(refusal),
    )


def test_a_drawing_process_ends_with_the_process_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        drawing = psutil.Process(int(run.stdout.readline()))
        run.kill()
        drawing.wait(timeout=60)
    assert not drawing.is_running()
