"""What stays of a run: the document in a file, the summary on stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Protocol

import msgspec

from actors.cli.output import silence
from actors.cli.outputs import write_json
from actors.common.visible_text import speaks_unicode
from actors.report.style import ColourChoice, Look, use_colour

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["Summary", "look_of", "report"]


class Summary(Protocol):
    """Makes the text of a summary."""

    def __call__(self, *, colour: bool, unicode: bool) -> str:
        """The text, without a line break at its end."""


def look_of(color: ColourChoice, stream: TextIO) -> Look:
    """How to write to a stream."""
    return Look(use_colour(color, stream, os.environ), speaks_unicode(stream))


def report(
    document: msgspec.Struct, summary: Summary, json_file: str | None, color: ColourChoice
) -> list[str]:
    """Write the document and the summary, each whatever becomes of the other.

    Args:
        document: for `json_file`; None: nowhere, `-`: to stdout, in place of the summary.
        summary: for people.
        json_file: as `--json` names it.
        color: as `--color` says.

    Returns:
        What could not be written.
    """
    failures = []
    if json_file is not None:
        try:
            write_json(json_file, document)
        except BrokenPipeError:
            silence(sys.stdout)
        except OSError as error:
            failures.append(f"--json {json_file} could not be written: {error.strerror}")
    if json_file != "-":
        try:
            _print(summary, color)
        except BrokenPipeError:
            silence(sys.stdout)  # `| head` has seen enough; the exit code is still the run's
        except OSError as error:
            silence(sys.stdout)
            failures.append(f"the summary could not be written: {error.strerror}")
    return failures


def _print(summary: Summary, color: ColourChoice) -> None:
    look = look_of(color, sys.stdout)
    sys.stdout.write(summary(colour=look.colour, unicode=look.unicode) + "\n")
    sys.stdout.flush()
