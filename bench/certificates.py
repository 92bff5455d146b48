"""Print files of certificates: beside fpdf2, their size, and what a second process gains."""

import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from io import BytesIO

import numpy as np
import pandas as pd

from bench.data import SEED
from bench.figure import Figure, Row, in_turn
from bench.fpdf_side import Recorder, replay
from bench.photos import photos
from biye.sandbox.people import draw_birth_dates, draw_names
from tasks.certificate import PAGES
from tasks.certificate_drawing import drawing_processes
from tasks.certificate_pdf import Forms, draw_certificate, print_certificates, sheets_of
from tasks.fonts import carried_font, font_chain

FILES = 4  # drawn by one process and by two
PAGES_ROW = Row("certificate-pages", "证书页（含照片）", "fpdf2 draws the same pages", 2, "higher")
TWO = Row("certificate-processes", "两个进程印制（按钟表）", "one process, by the clock", 1.6, "higher")
BYTES = Row("certificate-bytes", "每页字节数", "the photo alone", 2, unit="KB")


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Compare one print file with that of fpdf2; then some files drawn by two processes and by one."""
    pages = min(students, PAGES)
    recorded = record(pages)
    biye, plain = in_turn(turns, lambda: draw(pages), lambda: replay(recorded, carried_font()))
    tell(f"{pages} 页 pages: {biye:.2f} s, fpdf2 {plain:.2f} s")
    over = (size_of(pages) - sum(map(len, photos(pages)))) / pages / 1024
    return [Figure(PAGES_ROW, plain / biye), Figure(TWO, _gain(pages, turns, tell)), Figure(BYTES, over)]


@lru_cache(maxsize=1)
def lot(pages: int) -> pd.DataFrame:
    """Return the rows of so many invented graduates, as print_certificates takes them."""
    rng = np.random.default_rng(SEED)
    alike = {
        "direction": "",
        "level": "本科",
        "school_years": 2.5,
        "study_from": "201709",
        "study_to": "202001",
        "school_name": "国家开放大学",
        "principal": "荆某某",
        "graduation_date": date(2020, 1, 15),
        "issue_date": date(2020, 1, 20),
    }
    return pd.DataFrame(
        {
            "case_id": np.arange(pages),
            "number": [f"511618202005{place:06d}" for place in range(1, pages + 1)],
            "name": draw_names(rng, pages),
            "sex": rng.choice(["男", "女"], pages),
            "birth_date": draw_birth_dates(rng, pages).dt.date,
            "programme": rng.choice(["公共事业管理", "行政管理", "会计学", "法学", "学前教育"], pages),
            **alike,
        }
    )


def draw(pages: int) -> bytes:
    """Return a print file as the product draws it."""
    shown, written = photos(pages), BytesIO()
    print_certificates(lot(pages), shown.__getitem__, font_chain(str(carried_font()), system=False), written)
    return written.getvalue()


def size_of(pages: int) -> int:
    """Draw a print file and return its size in bytes: all that a process has to send back."""
    return len(draw(pages))


def record(pages: int) -> Recorder:
    """Return what is drawn on the same pages, for the other side."""
    recorder, forms = Recorder(font_chain(str(carried_font()), system=False)), Forms()
    for sheet, photo in zip(sheets_of(lot(pages)), photos(pages), strict=True):
        draw_certificate(recorder, sheet, photo, forms)
    return recorder


def _gain(pages: int, turns: int, tell: Callable[[object], None]) -> float:
    """Return how many times the pages a second two processes draw, once they have started."""
    files = [pages] * FILES
    with drawing_processes(2) as processes:
        _seconds(processes.map(size_of, files))
        in_two, in_one = [], []
        for _ in range(turns):
            in_two.append(_seconds(processes.map(size_of, files)))
            in_one.append(_seconds(map(size_of, files)))
    rates = [FILES * pages / min(seconds) for seconds in (in_one, in_two)]
    tell("一个、两个进程 one and two processes: {:.0f}, {:.0f} 页/秒 pages/s".format(*rates))
    return rates[1] / rates[0]


def _seconds(drawn: Iterable[int]) -> float:
    before = time.perf_counter()
    list(drawn)
    return time.perf_counter() - before
