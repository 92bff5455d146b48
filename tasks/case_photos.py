"""Photos of cases, read one at a time out of the zips in the archive that they came in (R1)."""

import zipfile
from contextlib import ExitStack
from types import TracebackType

import pandas as pd
from sqlalchemy import Connection, select

from models.archive import path_of, store
from models.columns import table_of
from models.submission import Submission
from tasks.zip_safety import read_member

_SUBMISSIONS = table_of(Submission)


class CasePhotos:
    """The photos of some cases; a context manager that keeps each zip open while it is used.

    Before it is entered it can be sent to another process.
    """

    def __init__(self, db: Connection, cases: pd.DataFrame) -> None:
        """Note where the photos lie. cases: case_id, photo_submission, photo_member; may be without photo."""
        having = cases[cases["photo_submission"].notna()]
        columns = (having["case_id"], having["photo_submission"], having["photo_member"])
        self._places = {int(c): (int(s), int(m)) for c, s, m in zip(*columns, strict=True)}
        wanted = sorted({submission for submission, _ in self._places.values()})
        rows = db.execute(
            select(_SUBMISSIONS.c.id, _SUBMISSIONS.c.sha256).where(_SUBMISSIONS.c.id.in_(wanted))
        )
        self._digests = {int(row.id): str(row.sha256) for row in rows}
        self._zips: dict[int, zipfile.ZipFile] = {}
        self._open = ExitStack()

    def __enter__(self) -> "CasePhotos":
        """Open nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the zips."""
        self._open.close()

    def photo_of(self, case_id: int) -> bytes | None:
        """Return the JPEG of a case, None if it has no photo; Refused file-truncated for a damaged zip."""
        place = self._places.get(int(case_id))
        if place is None:
            return None
        archive = self._zip(place[0])
        return read_member(archive, archive.infolist()[place[1]], f"receipt {place[0]}")

    def _zip(self, submission: int) -> zipfile.ZipFile:
        if submission not in self._zips:
            kept = self._open.enter_context(store().open_input_file(path_of(self._digests[submission])))
            self._zips[submission] = self._open.enter_context(zipfile.ZipFile(kept))
        return self._zips[submission]
