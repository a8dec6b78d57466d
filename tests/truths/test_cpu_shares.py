"""CPU time by party: what the broker's benchmark counts, and what it makes of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from benchmarks.cpu import listener, seconds_of, server_of
from benchmarks.shares import Costs, allowed, middle

BUSY_S = 0.3
# A process that starts one that works and ends, then works itself, and says when it is done.
FAMILY = f"""
import subprocess, sys, time
work = "import time\\nwhile time.process_time() < {BUSY_S}: pass"
subprocess.run([sys.executable, "-c", work], check=True)
exec(work)
print("done", flush=True)
sys.stdin.read()
"""


def test_a_party_is_its_processes_with_all_they_started_even_those_that_have_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as family:
        assert family.stdout is not None
        family.stdout.readline()
        both, nobody = seconds_of([family.pid], [])
        family.send_signal(signal.SIGKILL)
    assert 2 * BUSY_S - 0.05 < both < 2 * BUSY_S + 2
    assert nobody == 0


def test_what_this_process_has_used_is_in_its_own_party() -> None:
    began = time.process_time()
    (ours,) = seconds_of([os.getpid()])
    assert ours >= began - 0.05  # in ticks of the kernel's


def test_a_server_is_found_by_the_port_that_it_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listener(port) == os.getpid()
        assert server_of(f"amqp://guest:guest@127.0.0.1:{port}/") == os.getpid()
        assert server_of(f"postgresql://a:b@localhost:{port}/shop") == os.getpid()
    assert listener(port) is None


@pytest.mark.parametrize("url", ["amqp://elsewhere.example:5672/", "sqlite:stock.db"])
def test_what_is_not_here_is_not_guessed(url: str) -> None:
    assert server_of(url) is None


def test_costs_are_differences_by_order_and_unseen_ones_stay_unseen() -> None:
    before, after = Costs(1.0, 2.0, None, 0.0), Costs(2.0, 6.0, None, 1.0)
    assert after.since(before).each(2) == Costs(0.5, 2.0, None, 0.5)
    assert after.all is None
    assert middle([Costs(1, 5, 3, None), Costs(2, 4, 9, 1), Costs(3, 6, 6, 1)]) == (2, 5, 6, None)


@pytest.mark.parametrize(
    ("costs", "one", "two"),
    [
        (Costs(0.1, 0.4, 0.1, 0.1), 2.5, 2 / 0.7),  # a worker is the limit, then the cores
        (Costs(0.1, 0.1, 0.4, 0.4), 2.0, 2.0),  # all together keep the cores busy already
        (Costs(0.5, 0.1, 0.0, 0.0), 2.0, 2.0),  # the run is one process
    ],
)
def test_what_is_possible_is_what_ends_first(costs: Costs, one: float, two: float) -> None:
    assert allowed(costs, 1, 2) == pytest.approx(one)
    assert allowed(costs, 2, 2) == pytest.approx(two)
    assert allowed(costs._replace(broker=None), 1, 2) is None
