"""How big a file of a kind may be here: the kind's own cap, or what this installation set instead."""

from models.settings import settings
from rules.senders import check_size
from rules.submission import KINDS, MEGABYTE


def cap_of(kind: str) -> int:
    """Return the cap of a kind in bytes (`BIYE_CAPS_MB`, else the kind's)."""
    own = settings().caps_mb.get(str(kind))
    return KINDS[kind].cap if own is None else own * MEGABYTE


def refuse_over_cap(size: int, kind: str, filename: str) -> None:
    """Raise Refused file-over-cap for a file that is not read because of its size in bytes."""
    check_size(size, kind, filename, cap_of(kind))
