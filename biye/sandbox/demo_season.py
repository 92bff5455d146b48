"""A season's folder brought to life: an installation, its engine, its deployments, and the replay on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from biye.sandbox.deployed_runs import DeployedRuns
from biye.sandbox.desk import Desk
from biye.sandbox.expected import ExpectedException
from biye.sandbox.manifest import Sent, amendments_in, read_manifest
from biye.sandbox.replay import Replay
from biye.sandbox.season import SEASONS
from biye.supervisor import Supervisor, free_port
from deployments.address import address_file
from deployments.adhoc import deploy_adhoc
from deployments.season import deploy
from models.database import migrate
from models.reference import read_reference
from rules.clock import now_in_shanghai
from rules.pack_yaml import decode_text
from rules.season import Pack, parse_pack
from rules.senders import reporting_units
from tasks.policy import load_reference, season_pack


@dataclass(frozen=True)
class Replayed:
    """A season after its replay. until: its last instant. runs: deployed runs. address: of the UI.

    happened: what went wrong on the way.
    """

    pack: Pack
    until: datetime
    runs: int
    address: str
    happened: list[ExpectedException]


@dataclass(frozen=True)
class SeasonFolder:
    """A folder's season, read and found sound. text, name: of the policy; amendments: by day."""

    text: str
    name: str
    reference: Path
    files: list[Sent]
    amendments: dict[date, Path]


def read_folder(folder: Path) -> SeasonFolder:
    """Read manifest.csv, and reference/, season.yaml and amendments/ (default: those of January 2020).

    Changes nothing. Raises Refused for a wrong manifest, pack or reference.
    """
    text, name = _policy(folder)
    parse_pack(text, name)
    data = _reference_folder(folder)
    files = read_manifest(folder, reporting_units(read_reference(data).organisations))
    return SeasonFolder(text, name, data, files, amendments_in(folder))


@contextmanager
def replayed(given: SeasonFolder, tell: Callable[[str], None]) -> Iterator[Replayed]:
    """Replay a folder's season; the engine still runs within the block."""
    migrate()
    reference = load_reference(given.reference, now_in_shanghai())
    with _engine(tell) as (client, address):
        season = deploy(given.text, given.name, now_in_shanghai()).season
        runs = DeployedRuns(client, tell)
        desk = Desk(season, reference, tell, given.amendments)
        replay = Replay(season, reference, given.files, desk, runs, tell)
        until = replay.play()
        happened = list(replay.incidents.found.values())
        yield Replayed(season_pack(season), until, runs.started, address, happened)


@contextmanager
def _engine(tell: Callable[[str], None]) -> Iterator[tuple[SyncPrefectClient, str]]:
    """Start server and worker on a free port; commands find them by the installation's address file."""
    with Supervisor(free_port(), limit=2, tell=tell) as engine:
        address_file().write_text(engine.url)
        with temporary_settings({PREFECT_API_URL: engine.url}), get_client(sync_client=True) as client:
            address = engine.url.removesuffix("/api")
            tell(f"Prefect 界面 UI: {address}")
            deploy_adhoc(client)
            yield client, address
        address_file().unlink(missing_ok=True)


def _reference_folder(folder: Path) -> Path:
    own = folder / "reference"
    return own if own.is_dir() else SEASONS / "reference"


def _policy(folder: Path) -> tuple[str, str]:
    own = folder / "season.yaml"
    path = own if own.is_file() else SEASONS / "2020-01.yaml"
    return decode_text(path.read_bytes(), str(path)), path.name
