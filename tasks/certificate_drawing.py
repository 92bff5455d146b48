"""Print files of certificates: drawn in this process, or by several at once where there are many (R2)."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import repeat
from multiprocessing import get_context

import pandas as pd

from models.archive import keep
from tasks.case_photos import CasePhotos
from tasks.certificate_pdf import COLUMNS, print_certificates
from tasks.fonts import Font
from tasks.processes import end_with_parent

# A process takes 200 MB; whoever notes the sheets of more than these in the database is the slower one.
MOST_PROCESSES = 8


def drawing_processes(count: int | None = None) -> ProcessPoolExecutor:
    """Return so many processes to draw with, default one a core; each starts when there is a file for it.

    They end with the process that has them, even where that one is killed.
    """
    count = count or min(os.cpu_count() or 1, MOST_PROCESSES)
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=end_with_parent)


def draw_files(
    files: Sequence[pd.DataFrame],
    photos: Sequence[CasePhotos],
    fonts: Sequence[Font],
    processes: ProcessPoolExecutor | None = None,
) -> Iterator[str]:
    """Draw print files into the archive; yield the SHA-256 of each, in their order.

    files: rows as print_certificates takes them, with the photos of each; one alone is drawn here.
    Raises what print_certificates raises, at the file that it is about.
    """
    rows = [file[list(COLUMNS)] for file in files]
    drawn = processes.map if processes and len(files) > 1 else map
    return drawn(_draw_file, rows, photos, repeat(fonts))


def _draw_file(rows: pd.DataFrame, photos: CasePhotos, fonts: Sequence[Font]) -> str:
    document = BytesIO()
    with photos:
        print_certificates(rows, photos.photo_of, fonts, document)
    return keep(document.getvalue())
