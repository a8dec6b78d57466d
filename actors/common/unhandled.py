"""What nobody handles, and Python itself would write to stderr: log records, errors of threads.

Both quote whatever an error's text quotes, so they go the way of all foreign text.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from typing_extensions import override

from actors.common.visible_text import write_lines

__all__ = ["show_error", "show_unhandled"]

# What `traceback` begins an entry of its own with; any other is an error's own words.
_OURS: Final = ("Traceback (most recent call last)", "  File ", "\n")


def show_unhandled() -> None:
    """From now on, in this process, show them so that nothing in them acts on a terminal."""
    logging.lastResort = _Visibly(logging.WARNING)
    threading.excepthook = _of_thread


def show_error(error: BaseException, *after: str) -> None:
    """Write an error with its traceback to stderr, and lines after it; never raises."""
    with suppress(OSError, AttributeError):  # a stream that is gone, or was never there
        write_lines(sys.stderr, *_trace(error), *after)


class _Visibly(logging.Handler):
    """Writes records that no other handler takes."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        with suppress(OSError, AttributeError):
            write_lines(sys.stderr, record.getMessage(), *(_trace(error) if error else ()))


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        show_error(failed.exc_value)


def _trace(error: BaseException) -> Iterator[str]:
    """The lines of a traceback; an error's own words are one, whatever is in them."""
    for entry in traceback.format_exception(error):
        if entry.startswith(_OURS):
            yield from entry.rstrip("\n").split("\n")
        else:
            yield entry.rstrip("\n")
