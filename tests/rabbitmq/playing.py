"""Runs over a broker, for the tests: in this process, so that a test can look and interfere."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import pika
from pika.adapters.blocking_connection import BlockingChannel
from private_server import until

from actors.measure.journal import Event
from actors.measure.result import Result
from actors.rabbitmq.both.topology import Topology
from actors.rabbitmq.run.backend import BrokerBackend
from actors.rabbitmq.run.site import Site
from actors.runtime.interception import Interceptor
from actors.scenario.loader import load_text
from actors.simulation import Cast, Simulation
from actors.stores.opening import open_store

__all__ = [
    "PROGRAM",
    "Play",
    "assert_exact",
    "channel_to",
    "command",
    "run_id",
    "text_of",
    "worker",
]

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = "from actors.cli import main; main()"

# Stock that runs out, returns and deliveries, orders of several lines.
SCENARIO: Final = """\
stocksim: 1
name: faults
seed: 5
products: {{TEA: {{stock: 150}}, RUM: {{stock: 250}}, P-01..20: {{stock: 100000}}}}
processors: {{count: 4, service_time: {service}}}
clients:
  web:
    count: 5
    arrivals: even
    phases: {{day: {{duration: {seconds}s, rate: {rate}/s}}}}
    orders:
      lines: {lines}
      quantity: 1..3
      sku: {{TEA: 10, RUM: 10, P-01..20: 80}}
      kind: {{sale: 90, return: 10}}
"""


def text_of(
    orders: int,
    *,
    rate: int = 500,
    lines: str = "1..3",
    service: str = "1ms",
) -> str:
    """A scenario of exactly so many orders."""
    seconds = orders / rate
    return SCENARIO.format(rate=rate, seconds=f"{seconds:g}", lines=lines, service=service)


def run_id() -> str:
    """A run id that no other test has."""
    return f"test-{secrets.token_hex(6)}"


@contextmanager
def channel_to(broker: str) -> Iterator[BlockingChannel]:
    """A channel of the test's own."""
    with closing(pika.BlockingConnection(pika.URLParameters(broker))) as connection:
        yield connection.channel()


@contextmanager
def command(
    *arguments: str, broker: str, store: str, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, killed at the end of the block."""
    environment = {**os.environ, "STOCKSIM_BROKER": broker, "STOCKSIM_STORE": store}
    with subprocess.Popen(
        [sys.executable, str(ROOT / "stocksim.py"), *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def worker(
    broker: str, store: str, *flags: str, program: str = PROGRAM
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, killed at the end of the block."""
    environment = {
        **os.environ,
        "STOCKSIM_BROKER": broker,
        "STOCKSIM_STORE": store,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", program, "worker", "--ends-with-stdin", *flags]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@dataclass
class Play:
    """A run on a thread of its own.

    Attributes:
        text: the scenario.
        broker, store, run, workers, depth, expected: see `Site`.
        records: takes every ended order as a line of JSON.
        interceptor: sees every message of the run, if anybody does.
        roles: who plays which role.
        events: what the journal was told.
    """

    text: str
    broker: str
    store: str
    run: str = field(default_factory=run_id)
    workers: int = 1
    depth: int = 20_000
    expected: int = 1
    records: BinaryIO | None = None
    interceptor: Interceptor | None = None
    roles: Cast | None = None
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        site = Site(
            self.broker,
            self.store,
            self.run,
            workers=self.workers,
            depth=self.depth,
            expected=self.expected,
        )
        loaded = load_text(self.text, name="faults")
        self.backend = BrokerBackend(site)
        self.simulation = Simulation(
            loaded,
            backend=self.backend,
            journal=self.events.append,
            records=self.records,
            interceptor=self.interceptor,
            roles=self.roles,
        )
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._play, daemon=True)

    @property
    def topology(self) -> Topology:
        """The run's queues."""
        return Topology(self.run, depth=self.depth)

    def _play(self) -> None:
        try:
            self._result = self.simulation.run()
        except BaseException as error:  # noqa: BLE001 — told by `result`
            self._error = error

    def start(self) -> Play:
        """Begin."""
        self._thread.start()
        return self

    def until_finished(self, orders: int) -> None:
        """Wait until so many orders have their outcome."""
        self.until(lambda: self.simulation.progress().finished >= orders, f"{orders} orders")

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition while the run goes on."""
        until(lambda: not self._thread.is_alive() or condition(), within=60, what=what)
        assert condition(), f"the run has ended before: {what}: {self._error}"

    def result(self, within: float = 90) -> Result:
        """The result, when the run has ended."""
        self._thread.join(within)
        if self._error is not None:
            raise self._error
        if self._result is None:
            self.simulation.stop()
            self.simulation.stop()
            raise TimeoutError(f"the run did not end within {within} s: {self.events[-5:]}")
        return self._result

    def worker_pids(self) -> list[int]:
        """The local workers' processes."""
        return self.backend.side.workers.pids

    def kill_worker(self) -> None:
        """Kill a local worker as the kernel would, and wait until another serves in its place."""
        joined = self.kinds()["joined"]
        os.kill(self.worker_pids()[0], signal.SIGKILL)
        self.until(lambda: self.kinds()["joined"] > joined, "the dead worker is replaced")

    def kinds(self) -> Mapping[str, int]:
        """How often each kind of event was told."""
        counts: dict[str, int] = {}
        for event in tuple(self.events):
            counts[event.kind] = counts.get(event.kind, 0) + 1
        return counts


def assert_exact(result: Result, orders: int, play: Play) -> None:
    """Every order has exactly one outcome, here and in the store, and stock is exact."""
    failed = [check for check in result.audit.checks if not check.ok]
    assert not failed
    assert result.orders.placed == orders
    assert result.orders.rejected_by.keys() <= {"out_of_stock"}
    assert result.crashes == 0
    with closing(open_store(play.store)) as store:
        stored = [order_id for order_id, _ in store.outcomes(play.run)]
        rows = store.rows(play.run)
    assert len(stored) == len(set(stored)) == orders
    for row in rows:
        assert row.on_hand == row.initial + row.returned + row.restocked - row.sold
        assert row.on_hand >= 0
        assert row.reserved == 0
