"""The pool, its queues and the automation against dead runs are made once."""

from datetime import timedelta
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.pool import HEARTBEAT, POOL, QUEUES, ZOMBIES, make_pool


@pytest.mark.prefect
def test_made_again_nothing_is_doubled_and_a_changed_priority_is_put_right(prefect_server: Any) -> None:
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:
        (before,) = client.read_automations_by_name(ZOMBIES)
        client.update_work_queue(client.read_work_queue_by_name("urgent", POOL).id, priority=5)
        make_pool(client)
        (after,) = client.read_automations_by_name(ZOMBIES)
        found = {name: client.read_work_queue_by_name(name, POOL).priority for name in QUEUES}
    assert after.id == before.id
    assert found == {"default": 10, "urgent": 1}
    assert isinstance(after.trigger, EventTrigger)
    assert after.trigger.posture == Posture.Proactive
    assert after.trigger.within >= 3 * HEARTBEAT >= timedelta(seconds=90)
