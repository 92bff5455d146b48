"""Reference data from a folder; the shipped set lies in seasons/reference."""

from pathlib import Path

import rules.refusals_reference  # noqa: F401  (registers its codes)
from rules.reference import REFERENCE_FILES, REQUIRED_FILES, Reference
from rules.refusals import Refused


def reference_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a reference folder, name → bytes; Refused reference-missing names a lacking one."""
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            raise Refused("reference-missing", folder=folder, file=name)
    return {name: (folder / name).read_bytes() for name in REFERENCE_FILES if (folder / name).is_file()}


def read_reference(folder: Path) -> Reference:
    """Return the reference data of a folder; Refused reference-… names file, row, column and value."""
    from rules.reference_parse import parse_reference  # pandas: most runs of a season never read a set

    return parse_reference(reference_files(folder))
