"""A long run takes no more memory than a short one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
STATM = Path("/proc/self/statm")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell a process its memory")
def test_a_million_orders_take_no_more_memory_than_the_first_200_000() -> None:
    # In a process of its own, which `benchmarks/memory.py` explains: what other tests have left
    # on the heap would hide a growth.
    command = [sys.executable, "-m", "benchmarks.child", "memory", "200000", "1000000"]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    growth: dict[str, int] = msgspec.json.decode(told, type=dict[str, int])

    assert growth["orders"] > 990_000
    assert growth["bytes"] - growth["early_bytes"] < 10_000_000
