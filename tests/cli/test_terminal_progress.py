"""On a terminal a progress line is drawn, and gone at the end; a small screen is played here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import COMMAND, environment

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import fcntl
import pty
import struct
import termios

pytest_plugins = ("command_fixtures",)

CLEAR_LINE = "\x1b[2K"


def on_terminal(*arguments: str | Path, columns: int, **settings: str) -> tuple[int, str]:
    """Exit code and everything that the terminal was sent."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment(**({"TERM": "xterm"} | settings)),
    ) as process:
        os.close(follower)
        sent = b""
        while chunk := _read(leader):
            sent += chunk
    os.close(leader)
    return process.returncode, sent.decode("utf-8")


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65_536)
    except OSError:  # Linux's way to say that the other side has closed
        return b""


def screen(sent: str) -> list[str]:
    """What stands on the screen in the end, without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", sent).replace("\r\n", "\n")
    return [line.rpartition(CLEAR_LINE)[2].removeprefix("\r") for line in text.split("\n")]


def test_a_progress_line_is_drawn_and_cleared(quick: Path) -> None:
    code, sent = on_terminal(quick, "--speed", "10", columns=100)
    assert code == 0
    drawn = re.findall(r"\x1b\[2K(day  [^\r\n\x1b]*)", sent)
    assert drawn
    assert all("% " in line and "orders" in line and len(line) < 100 for line in drawn)
    shown = screen(sent)
    assert not [line for line in shown if "of 10s" in line]
    assert any(line.startswith("quick · virtual") for line in shown)
    assert "\x1b[32m" in sent


@pytest.mark.parametrize("columns", [20, 45])
def test_a_progress_line_never_wraps(columns: int, quick: Path) -> None:
    _, sent = on_terminal(quick, "--speed", "20", columns=columns)
    drawn = re.findall(r"\x1b\[2K(day  [^\r\n\x1b]*)", sent)
    assert drawn
    assert max(map(len, drawn)) < columns


@pytest.mark.parametrize(("flags", "settings"), [(["-q"], {}), ([], {"TERM": "dumb"})])
def test_no_progress_line_where_none_is_wanted(
    flags: list[str], settings: dict[str, str], quick: Path
) -> None:
    _, sent = on_terminal(quick, "--speed", "20", *flags, columns=100, **settings)
    assert CLEAR_LINE not in sent
    assert "of 10s" not in sent


def test_a_mistake_on_a_terminal_leaves_no_progress_line(quick: Path) -> None:
    code, sent = on_terminal(quick, "--set", "processors.count=0", columns=100)
    assert code == 2
    assert CLEAR_LINE not in sent


def test_a_set_of_replications_draws_one_line_and_clears_it(quick: Path) -> None:
    code, sent = on_terminal(quick, "--replications", "6", columns=100)
    assert code == 0
    drawn = re.findall(r"\x1b\[2K([━─]+ [^\r\n\x1b]*)", sent)
    assert any("of 6 replications  " in line and " running" in line for line in drawn)
    assert max(map(len, drawn)) < 100
    shown = screen(sent)
    assert not [line for line in shown if " running" in line]
    assert any("6 replications · " in line for line in shown)
