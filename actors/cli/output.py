"""What the command says in a few lines: to stdout, or as a complaint to stderr.

Words may quote foreign text (a flag's value, a file's name): nothing in it acts on the terminal,
and what is said as one line is one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from actors.common.visible_text import speaks_unicode, write_lines

if TYPE_CHECKING:
    from typing import TextIO

    from actors.errors import StocksimError

__all__ = ["complain", "complain_of", "say", "silence"]


def say(*lines: str) -> None:
    """Write to stdout."""
    write_lines(sys.stdout, *lines)
    sys.stdout.flush()


def complain(*lines: str) -> None:
    """Write to stderr; never raises, since there is nowhere to say so."""
    try:
        write_lines(sys.stderr, *lines)
    except OSError:
        return


def complain_of(error: StocksimError, before: str = "") -> None:
    """Complain in the error's own words and lines."""
    words = error.shown(ascii_only=not speaks_unicode(sys.stderr))
    complain(*f"{before}{words}".split("\n"))


def silence(stream: TextIO) -> None:
    """Keep Python from complaining at its exit about a stream that takes nothing more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
