"""What docs/scaling.md hands out is sound: manifests by schema, units by systemd, the balancer by HAProxy."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from prefect.settings import Settings as PrefectSettings

from bench.balancer import configuration
from models.settings import Settings

FOLDER = Path(__file__).parents[2] / "deployments"
MANIFESTS = [
    (file.name, one)
    for file in sorted((FOLDER / "kubernetes").glob("*.yaml"))
    for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
UNITS = sorted((FOLDER / "machines").glob("*.service"))


def settings_in(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    ("file", "manifest"), MANIFESTS, ids=[f"{f}-{m['kind']}-{m['metadata']['name']}" for f, m in MANIFESTS]
)
def test_each_manifest_keeps_the_schema_of_kubernetes(file: str, manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.31", strict=True)


def test_a_misspelt_key_of_a_manifest_is_found() -> None:
    (worker,) = [one for _, one in MANIFESTS if one["metadata"]["name"] == "biye-worker"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**worker, "spec": {**worker["spec"], "replica": 4}}, "1.31", strict=True
        )


def test_as_many_shares_as_pods() -> None:
    found = {one["kind"] + "/" + one["metadata"]["name"]: one for _, one in MANIFESTS}
    machines = int(found["ConfigMap/biye"]["data"]["BIYE_MACHINES"])
    assert machines == found["Deployment/biye-worker"]["spec"]["replicas"]


def test_every_setting_named_is_one_that_biye_or_prefect_has() -> None:
    named = settings_in((FOLDER / "machines" / "biye.env").read_text(encoding="utf-8"))
    named |= settings_in((FOLDER / "machines" / "prefect-server.env").read_text(encoding="utf-8"))
    for _, one in MANIFESTS:
        named |= one.get("data", {}) if one["kind"] == "ConfigMap" else {}
    ours = {f"BIYE_{name.upper()}" for name in Settings.model_fields}
    known = ours | {"DO_NOT_TRACK", "PREFECT_REDIS_MESSAGING_URL"} | _of_prefect()
    assert named.keys() <= known


def _of_prefect() -> set[str]:
    from prefect.settings.legacy import _get_settings_fields

    return set(_get_settings_fields(PrefectSettings))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="left out: no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_unit_is_one_that_systemd_takes(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name  # its program is there on a real machine
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/biye/.venv/bin/", "/usr/bin/env "))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    mine = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, mine) == (0, [])


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="left out: no haproxy here")
def test_haproxy_takes_the_documented_configuration(tmp_path: Path) -> None:
    file = tmp_path / "haproxy.cfg"
    file.write_text(configuration(4200, [4201, 4202]), encoding="utf-8")
    done = subprocess.run(["haproxy", "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
