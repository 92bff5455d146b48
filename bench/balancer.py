"""One address before several servers of this machine: HAProxy as documented, else a plain one."""

import asyncio
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from biye.supervisor import free_port

DOCUMENTED = Path(__file__).parents[1] / "deployments" / "machines" / "haproxy.cfg"


@contextmanager
def balancer(ports: Sequence[int]) -> Iterator[int]:
    """Yield the port that leads to whichever of these answers."""
    haproxy = shutil.which("haproxy")
    with _haproxy(haproxy, ports) if haproxy else _plain(ports) as port:
        yield port


def configuration(front: int, ports: Sequence[int]) -> str:
    """Return the documented configuration with these ports of 127.0.0.1 in place of its hosts."""
    text = re.sub(r"bind \S+", f"bind 127.0.0.1:{front}", DOCUMENTED.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if not line.strip().startswith("server ")]
    return "\n".join([*lines, *(f"    server s{port} 127.0.0.1:{port}" for port in ports), ""])


@contextmanager
def _haproxy(program: str, ports: Sequence[int]) -> Iterator[int]:
    front = free_port()
    with TemporaryDirectory(prefix="biye-haproxy-") as folder:
        file = Path(folder) / "haproxy.cfg"
        file.write_text(configuration(front, ports), encoding="utf-8")
        running = subprocess.Popen([program, "-db", "-f", str(file)], stderr=subprocess.DEVNULL)
        try:
            yield front
        finally:
            running.terminate()
            running.wait()


@contextmanager
def _plain(ports: Sequence[int]) -> Iterator[int]:
    """Hand each connection on to the next server that takes it; a killed server's connections end."""
    loop, turn = asyncio.new_event_loop(), iter(range(1 << 62))

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turn)
        for place in range(len(ports)):
            with suppress(OSError):
                ends = await asyncio.open_connection("127.0.0.1", ports[(first + place) % len(ports)])
                await asyncio.gather(_copy(reader, ends[1]), _copy(ends[0], writer))
                return
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(pass_on, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(1 << 16):
            writer.write(part)
            await writer.drain()
    writer.close()
