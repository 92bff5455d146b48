"""prefect.yaml: Prefect ignores keys that it does not know, so these tests judge each of them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.cli.deploy._models import DeploymentConfig, PrefectYamlModel, RawScheduleConfig, WorkPoolConfig
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.utilities.importtools import import_object

from deployments.adhoc import adhoc_deployments, deploy_adhoc
from deployments.catalogue import MODULES, ZONE
from deployments.pool import LOTS_POOL, POOL, QUEUES

FILE = Path(__file__).parents[2] / "prefect.yaml"
CONTENT: dict[str, Any] = yaml.safe_load(FILE.read_text())
DEPLOYMENTS: list[dict[str, Any]] = CONTENT["deployments"]


def full_name(deployment: dict[str, Any]) -> str:
    """FLOW/NAME."""
    flow = import_object(deployment["entrypoint"])
    assert isinstance(flow, Flow)
    return f"{flow.name}/{deployment['name']}"


def unknown_keys(content: dict[str, Any]) -> set[str]:
    """Keys that Prefect would ignore without a word, with the part they are in."""
    found = {f"file: {key}" for key in content.keys() - PrefectYamlModel.model_fields.keys()}
    for deployment in content["deployments"]:
        for part, model in ((deployment, DeploymentConfig), (deployment["work_pool"], WorkPoolConfig)):
            found |= {f"{model.__name__}: {key}" for key in part.keys() - model.model_fields.keys()}
        for schedule in deployment["schedules"]:
            found |= {f"schedule: {key}" for key in schedule.keys() - RawScheduleConfig.model_fields.keys()}
    return found


def test_prefect_knows_every_key() -> None:
    assert unknown_keys(CONTENT) == set()
    PrefectYamlModel.model_validate(CONTENT)


@pytest.mark.parametrize(
    ("right", "misspelt"),
    [
        ("pull:", "pulls:"),
        ("entrypoint:", "entry_point:"),
        ("work_queue_name:", "queue:"),
        ("slug:", "slugs:"),
    ],
)
def test_a_misspelt_key_is_found(right: str, misspelt: str) -> None:
    text = FILE.read_text().replace(right, misspelt)
    assert {key.rpartition(" ")[2] for key in unknown_keys(yaml.safe_load(text))} == {misspelt.rstrip(":")}


def test_the_deployer_s_folder_is_not_stored() -> None:
    assert CONTENT["pull"] == []


def test_every_entrypoint_is_a_flow_and_every_flow_has_its_adhoc_deployment() -> None:
    names = [full_name(deployment) for deployment in DEPLOYMENTS]
    assert sorted(names) == sorted([*(f"{phase}/adhoc" for phase in MODULES), "sweep/daily", "lots/share"])


def test_every_deployment_goes_to_a_queue_that_the_pool_s_workers_serve() -> None:
    assert {deployment["work_pool"]["name"] for deployment in DEPLOYMENTS} == {POOL, LOTS_POOL}
    assert {deployment["work_pool"]["work_queue_name"] for deployment in DEPLOYMENTS} <= QUEUES.keys()
    assert QUEUES["urgent"] < QUEUES["default"]  # the lower number goes first


def test_biye_up_deploys_the_same() -> None:
    said = {
        full_name(one): (
            one["entrypoint"],
            one["parameters"],
            tuple(one["tags"]),
            one["work_pool"],
            {schedule["slug"]: (schedule["rrule"], schedule["timezone"]) for schedule in one["schedules"]},
        )
        for one in DEPLOYMENTS
    }
    made = {
        one.full_name: (
            one.entrypoint,
            one.parameters,
            one.tags,
            {"name": one.pool, "work_queue_name": one.queue},
            {slug: (rule, ZONE) for slug, rule in one.schedules.items()},
        )
        for one in adhoc_deployments()
    }
    assert said == made


@pytest.mark.prefect
def test_prefect_deploy_all_registers_them_as_biye_up_does_however_often(prefect_server: Any) -> None:
    command = [str(Path(sys.executable).parent / "prefect"), "--no-prompt", "deploy", "--all"]
    for _ in range(2):
        subprocess.run(command, cwd=FILE.parent, check=True, capture_output=True, timeout=120)
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:
        assert deploy_adhoc(client) == []


def test_an_operator_s_form_has_plain_typed_parameters() -> None:
    for deployment in [one for one in adhoc_deployments() if one.pool == POOL]:
        properties = deployment.flow.parameters.properties
        assert properties.keys() - {"season", "batch", "case_ids", "as_of"} == set(), deployment.full_name
        assert properties["season"]["type"] == "string"
        assert {one["type"] for one in properties["as_of"]["anyOf"]} == {"string", "null"}
        assert properties.get("batch", {"type": "integer"})["type"] == "integer"


def test_n4_urgent_cases_have_a_queue_of_their_own_and_are_named_by_their_ids_alone() -> None:
    (urgent,) = [one for one in adhoc_deployments() if one.full_name == "urgent/adhoc"]
    assert urgent.queue == "urgent"
    assert urgent.flow.parameters.properties["case_ids"]["items"] == {"type": "integer"}
    assert [one.full_name for one in adhoc_deployments() if one.queue == "urgent"] == ["urgent/adhoc"]
