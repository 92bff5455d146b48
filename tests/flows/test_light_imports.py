"""A run begins at once: importing a flow brings nothing heavy that only some of its steps need."""

import subprocess
import sys

import pytest

from deployments.catalogue import MODULES

HEAVY = {"pandas", "fpdf", "fontTools", "openpyxl", "PIL", "qrcode", "python_calamine", "alembic"}


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_a_flow_s_import_leaves_heavy_libraries_to_the_steps_that_use_them(module: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY & set(said.stdout.split()) == set()
