"""The README's commands, for the tests that follow it."""

from __future__ import annotations

import importlib.util
import sys

from dockerfile import ROOT

__all__ = ["lines"]


def lines(words: str, start: str) -> list[str]:
    """The lines that begin so, of the only shell block of these words."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tests/examples/readme.py")
    assert spec is not None
    assert spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    sys.modules["readme"] = readme  # its named tuple looks for its module
    spec.loader.exec_module(readme)
    (block,) = readme.blocks("sh", words)
    return [line for line in block.text.splitlines() if line.startswith(start)]
