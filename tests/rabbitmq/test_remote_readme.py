"""The README's commands for a run over a broker do what it says."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from playing import ROOT
from private_broker import PrivateBroker
from readme_blocks import lines

pytest_plugins = ("server_fixtures",)

URL = "amqp://guest:guest@localhost:5672/"


def command(words: str) -> str:
    """The only `python …` line of a block."""
    (line,) = lines(words, "python ")
    return line


def run(line: str, broker: PrivateBroker, folder: Path, *more: str) -> str:
    """What a command says on stdout; it must succeed or miss a threshold."""
    words = shlex.split(line.replace(URL, broker.url))[2:]
    done = subprocess.run(
        [sys.executable, str(ROOT / "stocksim.py"), *words, *more],
        cwd=folder,
        env={**os.environ, "STOCKSIM_BROKER": broker.url},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode in (0, 99), done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_newcomer_plays_the_peak_with_two_workers_and_cleans_up(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    summary = run(command("broker"), broker, tmp_path, "--run", "first", "--quiet")
    assert "audit holds" in summary
    assert "2 workers" in summary
    assert (tmp_path / "stocksim.db").is_file()
    cleaned = run(command("clean").replace("RUN", "first"), broker, tmp_path)
    assert "first: forgotten by the store" in cleaned
    assert command("worker") == "python stocksim.py worker"
