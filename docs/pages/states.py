"""The five tracks of a case as diagrams, from the tables of legal moves."""

import inspect
from collections.abc import Iterator
from enum import StrEnum

from docs.pages.text import head
from rules.states import TRACKS, Moves, chinese


def page() -> str:
    """Return docs/states.md."""
    said = (
        "A graduate's case has five tracks side by side (MODEL, Tracks); a move that is not drawn is refused."
    )
    parts = [_part(track, moves) for track, moves in TRACKS.items()]
    return "\n".join([head("个案的状态 · States of a case", said), *parts])


def _part(track: type[StrEnum], moves: Moves) -> str:
    lines = "\n".join(f"    {line}" for line in _lines(track, moves))
    return f"## {track.__name__}\n\n{inspect.getdoc(track)}\n\n```mermaid\nstateDiagram-v2\n{lines}\n```\n"


def _lines(track: type[StrEnum], moves: Moves) -> Iterator[str]:
    for state in track:
        yield f'state "{chinese(state)} {state.value}" as {state.name}'
    yield f"[*] --> {next(iter(track)).name}"
    for state in track:
        for following in track:
            if following in moves[state]:
                yield f"{state.name} --> {following.name}"
