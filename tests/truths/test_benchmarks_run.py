"""The benchmarks run; what they measure is for people to read, not for a test to judge."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_quick_benchmarks_print_their_table() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)

    assert run.stderr == ""
    for row in ("stocksim", "SimPy", "stocksim / SimPy, by round"):
        assert re.search(rf"^{row} +[0-9.,]+ +[0-9.,]+ +[0-9.,]+", run.stdout, re.MULTILINE)
    assert "memory of stocksim: " in run.stdout
