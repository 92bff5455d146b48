"""The files of an invented season on disk, and the manifest that says who sent what when."""

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

from biye.sandbox.sheets import Sheet, Style, render, rows_of, style_for

MANIFEST = ("file", "kind", "branch", "received_at")


class Outbox:
    """Files under `files/UNIT/`; a file is written when it is sent, the manifest at the end."""

    def __init__(self, folder: Path) -> None:
        """folder: made if it does not exist."""
        self._folder = folder
        self._entries: list[tuple[datetime, str, str, str]] = []
        self.files: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.spoiled = 0

    def place(self, kind: str, unit: str, received: datetime, suffix: str) -> Path:
        """Enter a file into the manifest and return where to write it."""
        stem = f"{kind}-{received:%Y%m%d}"
        taken = sum(1 for _, file, _, _ in self._entries if file.startswith(f"files/{unit}/{stem}"))
        name = f"files/{unit}/{stem}-{taken + 1}{suffix}"
        self._entries.append((received, name, kind, unit))
        self.files[kind] += 1
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def send(self, kind: str, unit: str, received: datetime, sheet: Sheet, style: Style) -> bytes:
        """Write a sheet as the unit writes its files; return the bytes. A sheet without rows is not sent."""
        if not rows_of(sheet):
            return b""
        style = style_for(style, sheet)
        content = render(sheet, style)
        self.rows[kind] += rows_of(sheet)
        self.send_bytes(kind, unit, received, content, style.suffix)
        return content

    def send_bytes(self, kind: str, unit: str, received: datetime, content: bytes, suffix: str) -> None:
        """Write a file as it is."""
        self.place(kind, unit, received, suffix).write_bytes(content)

    def write_manifest(self) -> None:
        """Write manifest.csv in the order of receipt; received_at is ISO 8601 with +08:00."""
        with (self._folder / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(MANIFEST)
            for received, file, kind, unit in sorted(self._entries, key=lambda entry: entry[0]):
                writer.writerow((file, kind, unit, received.isoformat()))
