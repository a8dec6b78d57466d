"""The README's commands for a run over a broker do what it says."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from playing import ROOT
from private_broker import PrivateBroker

pytest_plugins = ("server_fixtures",)

URL = "amqp://guest:guest@localhost:5672/"


def command(words: str) -> str:
    """The only `python …` line of a block."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tests/examples/readme.py")
    assert spec is not None
    assert spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    sys.modules["readme"] = readme  # its named tuple looks for its module
    spec.loader.exec_module(readme)
    (block,) = readme.blocks("sh", words)
    (line,) = [line for line in block.text.splitlines() if line.startswith("python ")]
    return str(line)


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
