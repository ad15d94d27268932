"""Where the tests of files keep their bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def blobs(settings: Any, tmp_path: Path) -> Path:
    """An empty place for the bytes."""
    settings.HOME = tmp_path
    return tmp_path / "blobs"
