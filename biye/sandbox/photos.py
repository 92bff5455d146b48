"""Graduates' photos that are visibly nobody: a silhouette over noise, JPEG 480×640, 24 bit, 20–40 KB."""

import io
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIZE = (480, 640)
_ZIP_TIME = (2019, 11, 20, 9, 0, 0)  # a fixed time, so that the same seed gives the same bytes


def draw_pictures(seed: int, count: int = 24) -> list[bytes]:
    """Return base pictures: few are drawn, and each photo is one of them with its own comment."""
    rng = np.random.default_rng([seed, 24])
    return [_draw(rng) for _ in range(count)]


def _draw(rng: np.random.Generator) -> bytes:
    noise = rng.integers(-9, 9, (SIZE[1], SIZE[0], 1)) + np.array(rng.integers(120, 230, 3))
    picture = Image.fromarray(noise.clip(0, 255).astype("uint8"), "RGB")
    pen = ImageDraw.Draw(picture)
    cloth, skin = (tuple(int(part) for part in rng.integers(30, 200, 3)) for _ in range(2))
    shift = int(rng.integers(-20, 20))
    pen.ellipse((60 + shift, 420, 420 + shift, 900), fill=cloth)
    pen.text((190, 600), "SYNTHETIC", fill=(0, 0, 0), font_size=18)
    pen.ellipse((150 + shift, 150, 330 + shift, 400), fill=skin)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=72)
    return out.getvalue()


def with_comment(picture: bytes, comment: str) -> bytes:
    """Return a JPEG with a comment segment right after its start marker."""
    content = comment.encode()
    return picture[:2] + b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content + picture[2:]


def write_photos(path: Path, stems: Iterable[str], pictures: list[bytes], prefix: str) -> int:
    """Write a zip of one photo per stem (an ID number in upper case); return how many.

    prefix: goes into each photo's comment with its place, so that no two photos have the same bytes.
    """
    count = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for place, stem in enumerate(stems):
            entry = zipfile.ZipInfo(f"{stem}.jpg", _ZIP_TIME)
            archive.writestr(entry, with_comment(pictures[place % len(pictures)], f"{prefix}/{place}"))
            count += 1
    return count
