"""What the command says in one line or a few: to stdout, or as a complaint to stderr.

Words may quote foreign text (a flag's value, a file's name): nothing in it moves the cursor.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from actors.report.text import printable

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["complain", "say", "silence"]


def say(text: str) -> None:
    """Write to stdout."""
    _write(sys.stdout, text)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write to stderr; never raises, since there is nowhere to say so."""
    try:
        _write(sys.stderr, text)
    except OSError:
        return


def _write(stream: TextIO, text: str) -> None:
    lines = "\n".join(map(printable, text.split("\n"))) + "\n"
    encoding = stream.encoding or "utf-8"
    stream.write(lines.encode(encoding, "backslashreplace").decode(encoding))


def silence(stream: TextIO) -> None:
    """Keep Python from complaining at its exit about a stream that takes nothing more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
