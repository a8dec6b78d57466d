"""Files written whole or not at all: whoever reads one never sees half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(target: Path, content: bytes) -> None:
    """Write beside the target first and then put it in its place, in one step.

    Args:
        target: a file that may exist, resolved: a link would be replaced, not followed.
        content: its bytes.

    Raises:
        OSError: the folder is closed or full; what stood there before stands there still.
    """
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".stocksim-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(draft).chmod(0o666 & ~umask)  # mkstemp makes files that only their owner can read
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink()
        raise
