"""The nil return (零报告) as a file of its kind: one way in for whoever says it how (N8)."""

import csv
import io
import tempfile
from datetime import datetime
from pathlib import Path

import rules.refusals_cleanup  # noqa: F401  registers its codes
from rules.approvals import same_name
from rules.columns import EXTENSION
from rules.refusals import Refused
from rules.submission import Kind
from tasks.sending import send_file


def nil_return(by: str) -> bytes:
    """Return the list that says 无; by: who says it, in the column of the reason."""
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow([column.heading for column in EXTENSION])
    said = {"student_no": "无", "reason": f"零报告，上报人 {by}"}
    lines.writerow([said.get(column.name, "") for column in EXTENSION])
    return written.getvalue().encode("utf-8-sig")


def send_nil(season: str, branch: str, by: str, received_at: datetime | None = None) -> int:
    """Receive a unit's nil return as any file; returns its receipt. received_at: stated by HQ alone, logged.

    Raises Refused N8-nameless, and what send_file raises.
    """
    if not same_name(by):
        raise Refused("N8-nameless")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "学籍延期名单-零报告.csv"
        path.write_bytes(nil_return(by))
        return send_file(path, Kind.EXTENSION, branch, season, received_at, by)
