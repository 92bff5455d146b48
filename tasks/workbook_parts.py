"""The parts of an XLSX package: which XML part holds which sheet."""

import posixpath
import xml.etree.ElementTree as ElementTree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the part's path by sheet name; empty when the package is broken.

    The parts must have been checked for entities before.
    """
    try:
        targets = _targets(parts["xl/_rels/workbook.xml.rels"])
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
    except (KeyError, ElementTree.ParseError):
        return {}
    paths = {}
    for element in book.iter():
        if element.tag.rsplit("}", 1)[-1] == "sheet":
            relation = element.get(_RELATION) or element.get(_STRICT_RELATION) or ""
            paths[element.get("name", "")] = targets.get(relation, "")
    return paths


def _targets(relations: bytes) -> dict[str, str]:
    targets = {}
    for relation in ElementTree.fromstring(relations):
        target = relation.get("Target", "")
        path = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        )
        targets[relation.get("Id", "")] = path
    return targets
