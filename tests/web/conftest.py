"""A running site for a test."""

from collections.abc import Iterator

import pytest

from tests.printed_lots import installation  # noqa: F401  a fixture
from tests.web.site import Site, running_site


@pytest.fixture
def site(installation: None) -> Iterator[Site]:  # noqa: F811
    """A site of its own: packages on their way to branch 110 and its centres, an account of each role."""
    with running_site() as running:
        yield running
