"""The check of photos beside Pillow, which decodes them fully and still takes half of one for a whole."""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from PIL import Image

from bench.data import SEED
from bench.figure import Figure, Row, in_turn
from biye.sandbox.photos import draw_pictures, with_comment
from tasks.photo_zip import look_at

MOST = 2000  # photos looked at; more change no ratio
ROW = Row("photos", "照片检查（逐字节）", "Pillow decodes the same photos", 2, "higher")


@lru_cache(maxsize=2)
def photos(count: int) -> list[bytes]:
    """Return so many invented photos, no two with the same bytes."""
    pictures = draw_pictures(SEED)
    return [with_comment(pictures[place % len(pictures)], f"bench/{place}") for place in range(count)]


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Compare a look at each photo with Pillow's full decoding of it."""
    shown = photos(min(students, MOST))
    biye, plain = in_turn(turns, lambda: _look(shown), lambda: _decode(shown))
    tell(f"{len(shown)} 张照片 photos: {biye:.2f} s, Pillow {plain:.2f} s")
    return [Figure(ROW, plain / biye)]


def _look(shown: list[bytes]) -> None:
    for photo in shown:
        if fault := look_at(photo)[2]:
            raise ValueError(fault)


def _decode(shown: list[bytes]) -> None:
    for photo in shown:
        with Image.open(BytesIO(photo)) as picture:
            picture.load()
