"""How certificates are put into packages: one study centre each, in order of arrival (N3, N9)."""

from collections.abc import Sequence


def fill_packages(centres: Sequence[str], size: int) -> list[list[int]]:
    """Return the certificates of each package as places in `centres`.

    centres: the study centre of each certificate, in FIFO order. A package holds at most `size` certificates
    of one centre, in that order; packages come in the order of their first certificate.

    >>> fill_packages(["1100201", "1100301", "1100201", "1100201"], 2)
    [[0, 2], [1], [3]]
    """
    of_centre: dict[str, list[int]] = {}
    for place, centre in enumerate(centres):
        of_centre.setdefault(centre, []).append(place)
    parts = (places[at : at + size] for places in of_centre.values() for at in range(0, len(places), size))
    return sorted(parts)
