"""Runs the command as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["COMMAND", "QUICK", "ROOT", "Outcome", "environment", "start", "stocksim"]

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = (sys.executable, str(ROOT / "stocksim.py"))
LOOKS: Final = ("NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONIOENCODING")

QUICK: Final = """\
stocksim: 1
name: quick
products: {TEA: {stock: 30}, RUM: {stock: 500}}
processors: {count: 2, service_time: exponential 50ms}
clients: {web: {count: 2, phases: {day: {duration: 10s, rate: 10/s}}}}
thresholds: [latency p99 < 10s]
"""


class Outcome(NamedTuple):
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def environment(**settings: str) -> Mapping[str, str]:
    """The environment without what decides how output looks, plus settings."""
    plain = {key: value for key, value in os.environ.items() if key not in LOOKS}
    return plain | {"PYTHONUTF8": "1"} | settings


def stocksim(
    *arguments: str | Path, cwd: Path | None = None, then: str = "", **settings: str
) -> Outcome:
    """Run the command to its end; `then` is shell: redirections, or a pipe."""
    command: list[str] = [*COMMAND, *map(str, arguments)]
    if then:
        command = ["bash", "-o", "pipefail", "-c", f'"$@" {then}', "bash", *command]
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def start(*arguments: str | Path, cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start the command; its output is read while it runs."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
