"""A home for a cluster of its own, where the user PostgreSQL runs as can reach it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.store import processes
from bihuan.store.postgres import Server


@pytest.fixture
def reachable() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bihuan-store-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(reachable: Path) -> Iterator[Server]:
    """A server that is not started yet and will be gone afterwards, with all its processes."""
    server = Server(reachable / "home")
    yield server
    server.stop()
    assert processes.carrying(server.cluster.mark) == []
