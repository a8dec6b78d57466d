from __future__ import annotations

import os
import sys
from contextlib import closing
from io import StringIO
from threading import Event as Flag
from typing import TYPE_CHECKING

import pytest
from hostile_text import HOSTILE, escaped

from actors.common.visible_text import columns
from actors.report.run_progress import RunProgress, Snapshot, progress_line
from actors.report.style import Look
from actors.report.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

PLAIN = Look(colour=False)
SNAPSHOT = Snapshot(now=9.12, horizon=19.0, phase="peak", placed=12_500, finished=12_480)


def test_the_line_says_phase_share_orders_rate_and_time() -> None:
    assert progress_line(SNAPSHOT, 6_120, PLAIN, 100) == (
        "peak  ━━━━━━━━━━━━────────────   48%  12,480 of 12,500 orders  6,120/s  9.12s of 19s"
    )


@pytest.mark.parametrize("width", [0, 1, 10, 40, 79])
def test_the_line_never_wraps(width: int) -> None:
    long = SNAPSHOT._replace(phase="日本" * 40)
    assert columns(progress_line(long, 1e9, PLAIN, width)) <= width


@pytest.mark.parametrize("name", HOSTILE)
def test_a_phase_cannot_act_on_the_line(name: str) -> None:
    text = HOSTILE[name]
    line = progress_line(SNAPSHOT._replace(phase=f"a{text}b"), 1, PLAIN, 100)
    assert line.startswith(f"a{escaped(text)}b  ")
    plain = Look(colour=False, unicode=False)
    assert progress_line(SNAPSHOT._replace(phase=f"ž{text}"), 1, plain, 100).isascii()


def test_a_run_past_its_planned_end_stands_at_all_of_it() -> None:
    assert "100%" in progress_line(SNAPSHOT._replace(now=30.0), 0, PLAIN, 100)
    assert "100%" in progress_line(SNAPSHOT._replace(horizon=0.0), 0, PLAIN, 100)


def test_a_hostile_phase_is_escaped() -> None:
    assert "\x1b" not in progress_line(SNAPSHOT._replace(phase="\x1b[2J"), 0, PLAIN, 100)


class Drawn:
    """A snapshot source that tells when the line has been drawn so many times."""

    def __init__(self, times: int) -> None:
        self._left = times
        self.enough = Flag()

    def __call__(self) -> Snapshot:
        """The same snapshot, whenever it is asked for."""
        self._left -= 1
        if self._left < 0:
            self.enough.set()
        return SNAPSHOT


def test_on_a_pipe_it_never_shows() -> None:
    stream = StringIO()
    with RunProgress(Terminal(stream), Drawn(1), PLAIN):
        Terminal(stream).status("nothing")
    assert not stream.getvalue()


pty = pytest.importorskip("pty", reason="needs a Unix terminal")


class Tty:
    """Both ends of a real terminal."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")

    def shown(self) -> str:
        """Everything written so far; a mark tells where that ends, as reads come in pieces."""
        self.stream.write("<end>")
        self.stream.flush()
        read = b""
        while not read.endswith(b"<end>"):
            read += os.read(self._master, 65_536)
        return read.decode().removesuffix("<end>").replace("\r\n", "\n")

    def close(self) -> None:
        """Close both ends."""
        self.stream.close()
        os.close(self._master)


@pytest.fixture
def tty() -> Iterator[Tty]:
    with closing(Tty()) as opened:
        yield opened


def test_on_a_terminal_it_is_drawn_and_cleared_at_the_end(tty: Tty) -> None:
    drawn = Drawn(2)
    with RunProgress(Terminal(tty.stream, {}), drawn, PLAIN):
        assert drawn.enough.wait(30)
    shown = tty.shown()
    assert shown.count("\r\x1b[2Kpeak") >= 2
    assert shown.endswith("\r\x1b[2K")
    assert "\n" not in shown


def test_it_is_cleared_when_the_run_raises(tty: Tty) -> None:
    drawn = Drawn(1)
    progress = RunProgress(Terminal(tty.stream, {}), drawn, PLAIN)

    def run() -> None:
        with progress:
            assert drawn.enough.wait(30)
            raise KeyError

    with pytest.raises(KeyError):
        run()
    assert tty.shown().endswith("\r\x1b[2K")
    assert not progress._thread.is_alive()


def test_a_log_line_clears_it_and_draws_it_again(tty: Tty) -> None:
    terminal = Terminal(tty.stream, {})
    terminal.log("before")
    terminal.status("48%")
    terminal.log("between")
    terminal.status("")
    terminal.log("after")
    clear = "\r\x1b[2K"
    assert tty.shown() == f"before\n{clear}48%{clear}between\n48%{clear}after\n"


def test_on_a_dumb_terminal_it_never_shows(tty: Tty) -> None:
    terminal = Terminal(tty.stream, {"TERM": "dumb"})
    terminal.status("48%")
    terminal.log("line")
    assert tty.shown() == "line\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
def test_the_width_is_the_terminals_own(tty: Tty) -> None:
    import fcntl  # noqa: PLC0415 (Unix only)
    import struct  # noqa: PLC0415 (used here only)
    import termios  # noqa: PLC0415 (Unix only)

    terminal = Terminal(tty.stream, {})
    assert terminal.width == 80
    fcntl.ioctl(tty.stream, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 33, 0, 0))
    assert terminal.width == 33
