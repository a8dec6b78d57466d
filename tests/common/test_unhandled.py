"""What Python itself would write to stderr is written by us: visibly, and in lines of ours."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from actors.common.unhandled import show_error, show_unhandled
from actors.common.visible_text import write_lines

FORGED = "a\u202e\nTraceback: all is well"
SHOWN = r"a\u202e\nTraceback: all is well"


@pytest.fixture(autouse=True)
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ours, for the length of a test."""
    monkeypatch.setattr(logging, "lastResort", None)
    monkeypatch.setattr(threading, "excepthook", None)
    show_unhandled()
    yield
    monkeypatch.undo()


def raised() -> ValueError:
    with pytest.raises(ValueError, match="all is well") as caught:
        raise ValueError(FORGED)
    return caught.value


def test_an_error_of_a_thread_is_shown_visibly(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(FORGED)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == f"ValueError: {SHOWN}"


def test_a_thread_that_leaves_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [None, raised()])
def test_a_record_that_nobody_takes_is_shown_visibly(
    error: Exception | None, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.lastResort
    assert handler is not None
    info = None if error is None else (type(error), error, error.__traceback__)
    handler.handle(logging.LogRecord("x", logging.ERROR, "", 0, "%s broke", (FORGED,), info))
    first, *trace = capsys.readouterr().err.splitlines()
    assert first == f"{SHOWN} broke"
    assert trace[-1:] == ([] if error is None else [f"ValueError: {SHOWN}"])


def test_an_error_is_shown_with_its_cause_and_every_frame(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = KeyError("x")
    error.__cause__ = raised()
    show_error(error, "and that is all")
    lines = capsys.readouterr().err.splitlines()
    assert f"ValueError: {SHOWN}" in lines
    assert "The above exception was the direct cause of the following exception:" in lines
    assert "    raise ValueError(FORGED)" in lines
    assert lines[-2:] == ["KeyError: 'x'", "and that is all"]


def test_a_closed_stderr_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(AttributeError):
        write_lines(sys.stderr, "nobody reads this")
    show_error(raised())  # does not raise
