"""Server and worker stay up, whatever is killed; a start that fails says why at once."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from biye.child import environment
from biye.supervisor import Supervisor, free_port
from rules.refusals import Refused
from tests.flows.soon import wait_for


def test_a_taken_port_is_left_to_its_owner() -> None:
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        assert free_port(taken) != taken
    assert free_port(taken) == taken


def test_children_talk_to_this_machine_only_and_report_to_nobody(biye_home: Path) -> None:
    said = environment("http://127.0.0.1:4299/api")
    assert said["PREFECT_API_URL"] == "http://127.0.0.1:4299/api"
    assert said["PREFECT_HOME"] == str(biye_home / "prefect")
    assert said["DO_NOT_TRACK"] == "1"
    assert said["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


@pytest.mark.prefect
def test_a_child_that_dies_at_start_is_reported_at_once_with_its_log(biye_home: Path) -> None:
    before = time.monotonic()
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        with pytest.raises(Refused, match="up-failed") as refusal, Supervisor(owner.getsockname()[1]):
            pass
    assert time.monotonic() - before < 45
    assert refusal.value.where["child"] == "server"
    assert refusal.value.where["tail"]


@pytest.mark.prefect
def test_a_killed_server_is_started_again(prefect_server: Any) -> None:
    killed = prefect_server.server.process.pid
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: prefect_server.server.process.pid != killed)
    wait_for(prefect_server.is_healthy)
