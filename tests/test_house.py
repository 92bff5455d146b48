"""The house: layers import one way, pins that keep Prefect alive, documents that every person needs."""

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_run_one_way_from_people_to_policy() -> None:
    found = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout[-2000:]


def test_the_locked_set_keeps_the_two_pins_without_which_prefect_fails_silently() -> None:
    assert version("prefect") == "3.8.8"
    assert tuple(map(int, version("fastapi").split(".")[:2])) < (0, 155)
    assert tuple(map(int, version("sqlalchemy").split(".")[:2])) < (2, 1)


def test_the_lock_file_names_no_address_and_hashes_every_package() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock, flags=re.M | re.S)
    assert len(packages) > 100
    assert all("--hash=sha256:" in package for package in packages)


def test_the_lock_of_the_pages_scripts_names_no_address_and_hashes_every_package() -> None:
    lock = (ROOT / "biye" / "web" / "package-lock.json").read_text()
    assert "://" not in lock
    packages = [one for name, one in json.loads(lock)["packages"].items() if name]
    assert {name.split("-")[0] for name in (one["integrity"] for one in packages)} == {"sha512"}


def test_every_layer_is_a_package_so_that_no_installed_module_of_the_same_name_wins() -> None:
    for layer in ("rules", "models", "tasks", "flows", "deployments", "biye"):
        assert (ROOT / layer / "__init__.py").is_file()
