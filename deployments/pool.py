"""The work pool `biye` with its two queues, and `biye-lots` for the shares of a phase on several machines."""

from contextlib import suppress

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.workers.process import ProcessWorker

POOL = "biye"
# A phase waits in its worker for the shares of its lots: in one pool they could wait for each other for ever.
LOTS_POOL = "biye-lots"
# Without a command, two more processes would prepare a folder for each run, for code that is installed. This
# one starts a run in no time where `biye up` keeps a preloaded process, and the engine as usual elsewhere.
COMMAND = "python -m biye.start_run"
QUEUES = {"default": 10, "urgent": 1}  # the lower number is served first


def make_pool(client: SyncPrefectClient) -> None:
    """Make the pools and their queues; what is there already stays as it is."""
    for pool in (POOL, LOTS_POOL):
        _make_pool(client, pool)
    for name, priority in QUEUES.items():
        _make_queue(client, name, priority)


def _make_pool(client: SyncPrefectClient, pool: str) -> None:
    """Make a pool and give it its command, unless an administrator gave it another one."""
    template = ProcessWorker.get_default_base_job_template()
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=pool, type="process", base_job_template=template))
    template = client.read_work_pool(pool).base_job_template
    command = template["variables"]["properties"]["command"]
    if not command.get("default"):
        command["default"] = COMMAND
        client.update_work_pool(pool, WorkPoolUpdate(base_job_template=template))


def _make_queue(client: SyncPrefectClient, name: str, priority: int) -> None:
    try:
        queue = client.read_work_queue_by_name(name, work_pool_name=POOL)
    except ObjectNotFound:
        with suppress(ObjectAlreadyExists):  # `biye up` and `biye season deploy` may make it together
            client.create_work_queue(name=name, priority=priority, work_pool_name=POOL)
    else:
        if queue.priority != priority:
            client.update_work_queue(queue.id, priority=priority)
