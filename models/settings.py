"""Where an installation lives and what may be set from outside (environment variables `BIYE_…`)."""

from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation; every one can be given as an environment variable.

    label_base_url: where scans of labels are answered, `https://HOST[:PORT][/PATH]`; the labels' links are
    that address, `/P/` and the package's token, all in upper case (N9). The default leads nowhere.
    """

    model_config = SettingsConfigDict(env_prefix="BIYE_", extra="ignore")

    home: Path = Path(".biye")
    unit: str = "010"  # whose people type commands here; some are HQ's alone
    database_url: str = ""
    archive_url: str = ""
    out_url: str = ""  # where units find their answers; several machines need one that all can write
    keys_folder: Path | None = None  # of keys that several machines share: mounted, and never made anew
    font_path: str = ""
    label_base_url: str = "https://biye.invalid"
    api_port: int = 4200
    web_port: int = 8000  # of the web application
    worker_limit: int = 2
    lot_processes: int = 0  # that a phase's lots are spread over; 0: threads of the run's own process
    machines: int = 1  # that a phase's lots are spread over, each with `biye worker`
    inbox_quiet_seconds: float = 5.0
    caps_mb: dict[str, int] = {}
    pull_seconds: float = 600.0  # that fetching one file may take in all
    receipt_key_column: str = "ZSBH"
    receipt_status_column: str = ""
    receipt_reason_column: str = "BZ"
    receipt_package_column: str = "PCH"
    registry_url: str = ""  # of the registry's HTTP interface; empty: packages are exchanged as files
    registry_token: SecretStr = SecretStr("")  # else in keys/registry.token, mode 0600
    registry_seconds: float = 120.0  # that one call of the registry may take in all

    @cached_property
    def root(self) -> Path:
        """The installation's folder as an absolute path."""
        return self.home.expanduser().resolve()

    @property
    def database(self) -> str:
        """SQLAlchemy URL: as set, else SQLite in the installation's folder."""
        return self.database_url or f"sqlite:///{self.root / 'biye.db'}"

    @property
    def archive(self) -> str:
        """Address of the archive, for pyarrow.fs: as set, else a local folder."""
        return self.archive_url or str(self.root / "archive")

    @property
    def out(self) -> str:
        """Address of what lies out for units, for pyarrow.fs: as set, else a local folder."""
        return self.out_url or str(self.root / "out")

    @property
    def keys(self) -> Path:
        """The folder of the keys: as set, else in the installation's folder."""
        return self.keys_folder.expanduser().resolve() if self.keys_folder else self.root / "keys"

    def folder(self, *parts: str) -> Path:
        """Return a folder of the installation (keys, inbox, out, logs, prefect), made when missing."""
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


@lru_cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
