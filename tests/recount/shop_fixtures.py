"""What tests of generated shops share: a folder for the logs that they replay."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where logs lie; each shop writes its own over the last one's."""
    return tmp_path_factory.mktemp("shops")
