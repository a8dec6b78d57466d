"""How the process ends: an exit code for every outcome, and never a traceback for a mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from actors.cli.output import complain, complain_of, silence
from actors.common.unhandled import show_error
from actors.errors import StocksimError
from actors.vocabulary.exit_codes import ExitCode

__all__ = ["exit_with"]


def exit_with(command: Callable[[], int | None]) -> NoReturn:
    """Run the command and leave the process with its exit code."""
    _open_missing_streams()
    code = _code_of(command)
    # Whatever Python could not write at its own exit would make the exit code 120.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            silence(stream)
    sys.exit(code)


def _code_of(command: Callable[[], int | None]) -> int:
    try:
        return command() or ExitCode.PASSED
    except click.ClickException as error:
        complain(*_words(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except StocksimError as error:
        complain_of(error, "stocksim: ")
        return error.exit_code
    except BrokenPipeError:
        return ExitCode.PASSED  # whoever read our output has had enough
    except Exception as error:  # noqa: BLE001 — the last resort: whatever it is, exit 1 and say so
        show_error(error, "stocksim: internal error: this is a mistake in stocksim itself")
        return ExitCode.INTERNAL


def _words(error: click.ClickException) -> list[str]:
    """What click says, as one line, since it quotes what it was given; help alone has several."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    said = f"stocksim: {error.format_message()}"
    if context is None:
        return [said]
    lines = said.split("\n") if error.message == context.get_help() else [said]
    return [*lines, f"Try: {context.command_path} --help"]


def _open_missing_streams() -> None:
    """A shell may close them (`>&-`); then what is written to them goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
