"""The stream that log lines and the progress line share.

On a terminal the last line is the progress line: it is cleared before a log line is written
and drawn again after it. On a pipe or in a file there is no such line, ever.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Final

from colorama import just_fix_windows_console

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

__all__ = ["Terminal"]

_CLEAR_LINE: Final = "\r\x1b[2K"
_USUAL_WIDTH: Final = 80


class Terminal:
    """One output stream, safe to write to from many threads.

    Writing never raises: characters that the stream cannot encode are escaped, and a stream
    whose reader has gone is written to no more, since a run must not end because nobody reads.
    """

    def __init__(self, stream: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        just_fix_windows_console()
        self._stream = stream
        self._encoding: str = stream.encoding or "utf-8"
        self._lock = Lock()
        self._status = ""
        self._gone = False
        self.live = stream.isatty() and environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal now."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _USUAL_WIDTH
        except (OSError, ValueError):
            return _USUAL_WIDTH

    def log(self, line: str) -> None:
        """Write a line that stays."""
        with self._lock:
            if self._status:
                self._write(f"{_CLEAR_LINE}{line}\n{self._status}", flush=True)
            else:
                self._write(f"{line}\n")

    def status(self, line: str) -> None:
        """Draw the line that changes, in place of its former self; empty clears it.

        Does nothing unless the terminal is `live`. The line must fit into `width`.
        """
        with self._lock:
            if self.live and (line or self._status):
                self._status = line
                self._write(f"{_CLEAR_LINE}{line}", flush=True)

    def _write(self, text: str, *, flush: bool = False) -> None:
        if self._gone:
            return
        safe = text.encode(self._encoding, "backslashreplace").decode(self._encoding)
        try:
            self._stream.write(safe)
            if flush:
                self._stream.flush()
        except OSError:
            self._gone = True
