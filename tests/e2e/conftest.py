"""What the end-to-end tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.home import Home


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An empty home; the background server that a test may have started in it ends with the test."""
    # A Unix socket's path has room for about 100 bytes, so the test's own name must not be in it.
    home = Home(tmp_path_factory.mktemp("h"))
    yield home
    home.stop_background()
