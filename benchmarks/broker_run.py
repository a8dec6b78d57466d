"""One run over a broker in a setting, and what it cost each of its parties."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from typing_extensions import override

from actors.rabbitmq.both.address import new_run
from actors.rabbitmq.run.backend import BrokerBackend
from actors.rabbitmq.run.site import Site
from actors.rabbitmq.worker.session import BATCH, PREFETCH
from actors.scenario.loader import load_text
from actors.simulation import Simulation
from actors.wiring.backend import Playing
from benchmarks.cpu import seconds_of, server_of
from benchmarks.errors import BadMeasurement
from benchmarks.shares import Costs

__all__ = ["Measured", "Setting", "measure"]

SCENARIO: Final = """\
stocksim: 1
name: burst
products: {{P-001..200: {{stock: 1000000}}}}
processors: {{count: 8, service_time: 0ms}}
clients:
  web:
    count: 10
    phases: {{day: {{duration: 1ms, rate: 1/s, burst: {orders}}}}}
    orders: {{lines: {lines}}}
"""
PROGRAM: Final = "from actors.cli import main; main()"


class Setting(NamedTuple):
    """What is varied."""

    store: str
    lines: str = "1"
    workers: int = 1
    batch: int = BATCH
    prefetch: int = PREFETCH

    @property
    def in_file(self) -> bool:
        """Whether the store is a file, which has no process of its own."""
        return self.store.startswith("sqlite")


class Measured(NamedTuple):
    """Orders a second, and CPU seconds an order by party."""

    rate: float
    costs: Costs


class CountingBackend(BrokerBackend):
    """Notes what everybody has used when the first order leaves and when the last has ended."""

    def __init__(self, site: Site, workers: Sequence[subprocess.Popen[bytes]]) -> None:
        super().__init__(site)
        self._pids = [worker.pid for worker in workers]
        self._servers = (server_of(site.broker), server_of(site.store))
        self.before = self.after = Costs(0.0, 0.0, None, None)

    def _others(self) -> Costs:
        servers = [[] if pid is None else [pid] for pid in self._servers]
        workers, *used = seconds_of(self._pids, *servers)
        broker, database = (
            None if pid is None else seconds
            for pid, seconds in zip(self._servers, used, strict=True)
        )
        return Costs(0.0, workers, broker, database)

    # Looking at the others is no part of the run: its own time is taken last, and then first.

    @override
    def open(self, playing: Playing) -> None:
        super().open(playing)
        others = self._others()
        self.before = others._replace(run=time.process_time())

    @override
    def flush(self, playing: Playing) -> bool:
        flushed = super().flush(playing)
        used = time.process_time()
        self.after = self._others()._replace(run=used)
        return flushed


def measure(setting: Setting, broker: str, orders: int) -> Measured:
    """Play one run.

    Raises:
        BadMeasurement: the run's audit did not hold.
    """
    loaded = load_text(SCENARIO.format(orders=orders, lines=setting.lines), name="burst")
    run = new_run("benchmark")
    workers = [_start_worker(setting, broker, run, place) for place in range(setting.workers)]
    site = Site(broker, setting.store, run, expected=setting.workers)
    backend = CountingBackend(site, workers)
    result = Simulation(loaded, backend=backend).run()
    for worker in workers:
        worker.wait()
    if not result.audit.ok:
        raise BadMeasurement(f"the audit did not hold with {setting.workers} workers")
    costs = backend.after.since(backend.before).each(orders)
    if setting.in_file:
        costs = costs._replace(database=0.0)  # it is in the workers' own
    return Measured(result.orders.placed / result.simulated_s, costs)


def _start_worker(setting: Setting, broker: str, run: str, place: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "STOCKSIM_BROKER": broker, "STOCKSIM_STORE": setting.store}
    flags = ["--run", run, "--name", f"bench-{place}", "--quiet"]
    flags += ["--batch", str(setting.batch), "--prefetch", str(setting.prefetch)]
    command = [sys.executable, "-c", PROGRAM, "worker", *flags]
    return subprocess.Popen(command, env=environment)  # noqa: S603 — our own program
