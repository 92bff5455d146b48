"""The line to the registry: its token, its address, and the deadline of a call (T4)."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from biye.sandbox.registry_server import RegistryServer
from models.outbox import OutboxState
from models.settings import settings
from rules.refusals import Refused, Unknown, Unsent
from tasks.registry_exchange import packages_to_send, send_package
from tasks.registry_http import Registry
from tests.tasks.graduates import NOW, SEASON, season
from tests.tasks.registry_line import approved, set_up, stand_in, states, the_row

pytestmark = pytest.mark.usefixtures(season.__name__, stand_in.__name__)


def test_a_wrong_token_sends_nothing_and_the_right_one_does(
    stand_in: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, token = approved(1), settings().registry_token
    set_up(monkeypatch, BIYE_REGISTRY_TOKEN="wrong")
    with pytest.raises(Unsent) as unsent:
        send_package(package, NOW)
    assert unsent.value.code == "T4-registry-token"
    assert states() == {"exported"}
    file = settings().folder("keys") / "registry.token"
    file.write_text(token.get_secret_value())
    monkeypatch.delenv("BIYE_REGISTRY_TOKEN")
    settings.cache_clear()
    file.chmod(0o644)
    with pytest.raises(Refused) as refused:
        send_package(package, NOW)
    assert refused.value.code == "T4-registry-token-open"
    file.chmod(0o600)
    assert send_package(package, NOW) is OutboxState.DONE


def test_a_registry_that_is_not_there_leaves_everything_to_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    package = approved(1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    set_up(monkeypatch, BIYE_REGISTRY_URL=f"http://127.0.0.1:{port}")
    with pytest.raises(Unsent) as unsent:
        send_package(package, NOW)
    assert unsent.value.code == "T4-registry-unreachable"
    assert (the_row()["state"], states()) == ("new", {"exported"})


@pytest.mark.parametrize(
    "address",
    [
        "http://registry.example",
        "ftp://127.0.0.1",
        "https://a:b@registry.example",
        "https://r.example/?k=1",
        "x",
    ],
)
def test_graduates_data_go_over_https_or_stay_on_this_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, BIYE_REGISTRY_URL=address)
    with pytest.raises(Refused) as refused:
        packages_to_send(SEASON)
    assert refused.value.code == "T4-registry-address"
    assert address not in str(refused.value) or address == "x"


def test_an_answer_that_only_trickles_in_ends_at_the_deadline_of_the_whole_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def trickle() -> None:
            with listening.accept()[0] as line, suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.05):
                    line.sendall(b"X-More: and more\r\n")

        thread = threading.Thread(target=trickle)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(Unknown):
            Registry(f"http://127.0.0.1:{listening.getsockname()[1]}", "", 0.4).upload("1-a", b"package")
        assert time.monotonic() - begun < 2
        stop.set()
        thread.join()
