"""Which scenario was meant by a path that leads nowhere."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Final

__all__ = ["suggest_path"]

SUFFIXES: Final = (".yaml", ".yml")
MAX_LISTED: Final = 1000  # files of a folder; more is no folder of scenarios


def suggest_path(path: Path) -> Path | None:
    """The scenario whose name is nearest: beside the path, or in a folder `scenarios`.

    Returns:
        None when something is there, or nothing is near.
    """
    try:
        if path.exists():
            return None
        folders = (path.parent, path.parent / "scenarios", Path("scenarios"))
        found = {file.stem.casefold(): file for folder in folders for file in _scenarios(folder)}
    except (OSError, ValueError):
        return None
    name = path.stem if path.suffix in SUFFIXES else path.name
    near = get_close_matches(name[:100].casefold(), found, n=1, cutoff=0.6)
    return found[near[0]] if near else None


def _scenarios(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(f for f in islice(folder.iterdir(), MAX_LISTED) if f.suffix in SUFFIXES)
