"""Compiled twins: the busiest modules as machine code, made from the same files.

`stocksim compile` has mypyc translate the modules below into the folder `__compiled__` beside
this file. From then on their twins are imported in their place, for as long as every one of
them still reads as it did: a source that was changed is never shadowed by what it used to be.
Without twins, all is plain Python; with STOCKSIM_PURE=1 too. What comes out is the same.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = [
    "MANIFEST",
    "MODULES",
    "PACKAGE",
    "PURE",
    "digest",
    "find_twins",
    "in_use",
    "prefer_twins",
    "twins_folder",
]

# An order's way, the engine under it, and the books kept of it: whatever runs for every order.
MODULES: Final = (
    "actors.client",
    "actors.collector",
    "actors.common.generational_memory",
    "actors.decisions.order_in_service",
    "actors.decisions.order_json",
    "actors.decisions.routing",
    "actors.decisions.stock",
    "actors.decisions.waiting_line",
    "actors.inventory",
    "actors.measure.answers",
    "actors.measure.audit.examiner",
    "actors.measure.audit.shape",
    "actors.measure.ledger",
    "actors.measure.meters",
    "actors.measure.order_statistics",
    "actors.measure.products",
    "actors.measure.sample",
    "actors.messages",
    "actors.processor",
    "actors.rabbitmq.run.shard",
    "actors.rabbitmq.run.sharding",
    "actors.ref",
    "actors.router",
    "actors.runtime.actor",
    "actors.runtime.agenda",
    "actors.runtime.base",
    "actors.runtime.engine",
    "actors.runtime.handlers",
    "actors.runtime.host",
    "actors.runtime.interception",
    "actors.runtime.mailbox",
    "actors.runtime.pool_lead",
    "actors.runtime.pool_mailbox",
    "actors.runtime.remote_work",
    "actors.runtime.signs",
    "actors.runtime.thread_mailbox",
    "actors.runtime.timers",
    "actors.runtime.virtual",
    "actors.runtime.virtual_mailbox",
    "actors.runtime.wall",
    "actors.scenario.arrivals",
    "actors.scenario.draws",
    "actors.scenario.schedule",
)
PACKAGE: Final = Path(__file__).parents[1]
MANIFEST: Final = "manifest.json"
PURE: Final = "STOCKSIM_PURE"


class TwinFinder:
    """Finds the twins among all imports.

    Args:
        files: each module's name with its twin.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 — the protocol's
        target: ModuleType | None = None,  # noqa: ARG002 — the protocol's
    ) -> ModuleSpec | None:
        """Where a module's twin is; None: it has none."""
        file = self._files.get(name)
        if file is None:
            return None
        from importlib.util import spec_from_file_location  # noqa: PLC0415 — only where needed

        return spec_from_file_location(name, file)


def twins_folder() -> Path:
    """Where the twins for this interpreter are, or would be."""
    return PACKAGE / "__compiled__" / (sysconfig.get_config_var("SOABI") or sys.platform)


def digest() -> str:
    """What the sources of all twins read like now.

    Raises:
        OSError: a source cannot be read.
    """
    found = sha256()
    for name in MODULES:
        found.update((PACKAGE.parent / (name.replace(".", os.sep) + ".py")).read_bytes())
    return found.hexdigest()


def find_twins() -> dict[str, Path] | None:
    """Each module's twin, if there are twins, of these very sources, and nobody forbids them."""
    folder = twins_folder()
    if os.environ.get(PURE) or not folder.is_dir():
        return None
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if manifest["sources"] != digest():
            return None
        return {name: folder / file for name, file in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # half a folder is no folder: plain Python does the same, only slower


def prefer_twins() -> None:
    """From now on, import modules as their twins, if there are any."""
    twins = None if in_use() else find_twins()
    if twins is not None:
        sys.meta_path.insert(0, TwinFinder(twins))


def in_use() -> bool:
    """Whether modules are imported as their twins."""
    return any(isinstance(finder, TwinFinder) for finder in sys.meta_path)
