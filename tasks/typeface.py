"""One font of the chain inside one document, embedded with the characters set in it (ISO 32000, 9.7)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from struct import unpack_from

import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

_BLOCK = 100  # entries that one bfchar section may have
_KEPT = frozenset({"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep"})


@dataclass(frozen=True)
class Face:
    """A font file as HarfBuzz reads it, kept for the life of the process: opening one takes no time twice."""

    face: hb.Face
    font: hb.Font

    def glyph(self, character: str) -> int:
        """Return the glyph that draws a character."""
        return int(self.font.get_nominal_glyph(ord(character)))

    def advance(self, character: str) -> float:
        """Return a character's width in ems."""
        return float(self.font.get_glyph_h_advance(self.glyph(character)) / self.face.upem)


@lru_cache(maxsize=16)
def face_of(path: Path) -> Face:
    """Return the first face of a font file."""
    face = hb.Face(hb.Blob.from_file_path(str(path)), 0)
    return Face(face, hb.Font(face))


class _Codes(dict[str, str]):
    """The number of each character used, in hexadecimal; asking for a new one numbers it."""

    def __missing__(self, character: str) -> str:
        self[character] = f"{len(self) + 1:04x}"
        return self[character]


class Typeface:
    """A font of a document. Characters are numbered as they are first used; number 0 stays for none."""

    def __init__(self, path: Path, name: str) -> None:
        """name: how the pages call it."""
        self.name = name
        self._file = path
        self._face = face_of(path)
        self._codes = _Codes()

    def advance(self, character: str) -> float:
        """Return a character's width in ems."""
        return self._face.advance(character)

    def encode(self, text: str) -> str:
        """Return a text as the pages write it: four hexadecimal digits a character."""
        return "".join(map(self._codes.__getitem__, text))

    def embed(self, pdf: Pdf) -> Object:
        """Write the font into a document, with the used characters only, and return it."""
        data, gids = self._subset()
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=self._base_name,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(self._descriptor(pdf, data)),
            CIDToGIDMap=pdf.make_indirect(Stream(pdf, _big_endian([0, *gids]))),
            DW=1000,
            W=Array([1, Array([round(self.advance(one) * 1000) for one in self._codes])]),
        )
        whole = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=self._base_name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(Stream(pdf, _to_unicode(self._codes))),
        )
        return pdf.make_indirect(whole)

    @property
    def _base_name(self) -> Name:
        letters = "".join(one for one in self._file.stem if one.isascii() and one.isalnum())
        return Name(f"/BIYEAA+{letters or 'Font'}")

    def _subset(self) -> tuple[bytes, list[int]]:
        """Return the reduced font file, and its glyph of each used character in their order."""
        glyphs = [self._face.glyph(character) for character in self._codes]
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE
        wanted.drop_table_tag_set.update(map(_tag, set(self._face.face.table_tags) - _KEPT))
        plan = hb.SubsetPlan(self._face.face, wanted)
        place = plan.old_to_new_glyph_mapping
        return plan.execute().blob.data, [place[glyph] for glyph in glyphs]

    def _descriptor(self, pdf: Pdf, data: bytes) -> Dictionary:
        face = self._face.face
        scale = 1000 / face.upem
        corners = unpack_from(">4h", face.reference_table("head").data, 36)
        box = [round(corner * scale) for corner in corners]
        return Dictionary(
            Type=Name.FontDescriptor,
            FontName=self._base_name,
            Flags=4,
            FontBBox=Array(box),
            ItalicAngle=0,
            Ascent=box[3],
            Descent=box[1],
            CapHeight=box[3],
            StemV=80,
            FontFile2=pdf.make_indirect(Stream(pdf, data, Length1=len(data))),
        )


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _big_endian(numbers: list[int]) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def _to_unicode(codes: dict[str, str]) -> bytes:
    """Return the map back to text; beyond the BMP a character is two UTF-16 units."""
    pairs = [f"<{code}> <{one.encode('utf-16-be').hex()}>" for one, code in codes.items()]
    blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
    sections = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    head = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange"
    )
    tail = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return "\n".join([head, *sections, tail]).encode("ascii")
