"""The pool and its queues are made once."""

from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.pool import POOL, QUEUES, make_pool


@pytest.mark.prefect
def test_made_again_nothing_is_doubled_and_a_changed_priority_is_put_right(prefect_server: Any) -> None:
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:
        before = client.read_work_pool(POOL)
        client.update_work_queue(client.read_work_queue_by_name("urgent", POOL).id, priority=5)
        make_pool(client)
        after = client.read_work_pool(POOL)
        found = {name: client.read_work_queue_by_name(name, POOL).priority for name in QUEUES}
    assert after.id == before.id
    assert found == {"default": 10, "urgent": 1}
