"""The pool and its queues are made once, whoever makes them."""

from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import ObjectNotFound
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


@pytest.mark.prefect
def test_two_that_make_it_together_both_go_on(prefect_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:

        def not_yet(*_: object, **__: object) -> None:
            raise ObjectNotFound(http_exc=LookupError("the other one makes it just now"))

        monkeypatch.setattr(SyncPrefectClient, "read_work_queue_by_name", not_yet)
        make_pool(client)
        monkeypatch.undo()
        assert {name: client.read_work_queue_by_name(name, POOL).priority for name in QUEUES} == QUEUES
