"""A reference for messages that need one, when nobody is to be reached by it."""

from __future__ import annotations

from typing import Any, Final

from actors.ref import Ref
from actors.runtime.virtual import VirtualRuntime
from actors.testing import Probe

__all__ = ["NOBODY"]

# Its runtime is never played: what it is told is never handled.
NOBODY: Final[Ref[Any]] = VirtualRuntime().enlist("nobody", Probe).actor_ref
