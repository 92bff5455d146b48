"""The deployments that every installation has: each flow for operators, undated, and the daily sweep.

prefect.yaml says the same for `prefect deploy --all`; a test holds the two together.
"""

from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ObjectNotFound

from deployments.catalogue import MODULES, QUEUE_OF, Wanted, flow_of
from deployments.pool import LOTS_POOL
from flows.machines import SHARE
from flows.share import run_share

DAILY = "DTSTART:20200101T103000\nRRULE:FREQ=DAILY"  # after the phases of 09:00


def adhoc_deployments() -> list[Wanted]:
    """Return FLOW/adhoc for every flow, sweep/daily over every season, and what phases start for lots."""
    sweep = flow_of("sweep")
    daily = Wanted(sweep, "daily", {"season": ""}, ("sweep",), {"daily": DAILY})
    share = Wanted(run_share, SHARE.partition("/")[2], {}, ("lots",), pool=LOTS_POOL)
    return [*map(_adhoc, MODULES), daily, share]


def _adhoc(phase: str) -> Wanted:
    return Wanted(flow_of(phase), "adhoc", {}, (phase,), queue=QUEUE_OF.get(phase, "default"))


def deploy_adhoc(client: SyncPrefectClient) -> list[str]:
    """Make them on a server and return the names of those that were not there or not so."""
    changed = []
    for wanted in adhoc_deployments():
        try:
            there = client.read_deployment_by_name(wanted.full_name)
        except ObjectNotFound:
            there = None
        if there is None or not wanted.is_as(there):
            wanted.apply(client, there)
            changed.append(wanted.full_name)
    return changed
