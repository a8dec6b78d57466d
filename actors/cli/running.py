"""A run from the command line: outputs, log, progress, signals, exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from actors.cli.brokering import site_of
from actors.cli.output import complain
from actors.cli.outputs import OrdersFile, check_outputs
from actors.cli.reporting import look_of, report
from actors.cli.stopping import stopping
from actors.measure.journal import Detail, Journal
from actors.measure.result import Result
from actors.report.log_pacing import ConsoleLog
from actors.report.run_progress import RunProgress, Snapshot
from actors.report.style import ColourChoice
from actors.report.summary.page import render
from actors.report.terminal import Terminal
from actors.scenario.loader import LoadedScenario, load_scenario
from actors.simulation import Simulation
from actors.vocabulary.exit_codes import ExitCode
from actors.wiring.backend import Backend

__all__ = ["RunOptions", "run_scenario"]


@dataclass(frozen=True)
class RunOptions:
    """The flags of `run`, as given."""

    scenario: Path
    runtime: str | None
    seed: int | None
    replication: int | None
    speed: float | None
    overrides: tuple[str, ...]
    orders: str | None
    json_file: str | None
    color: ColourChoice
    quiet: bool
    verbose: bool
    broker: str | None = None
    store: str | None = None
    run_id: str | None = None
    workers: int | None = None

    @classmethod
    def of(cls, scenario: str, flags: Mapping[str, object]) -> RunOptions:
        """From what the command line parser hands over; it has checked every type."""
        return cls(scenario=Path(scenario), **cast("dict[str, object]", flags))  # type: ignore[arg-type]

    @property
    def detail(self) -> Detail:
        """How much of the run is logged."""
        if self.quiet:
            return Detail.NOTHING
        return Detail.EVERYTHING if self.verbose else Detail.OUTCOMES


def run_scenario(options: RunOptions) -> int:
    """Run and report; returns the exit code.

    Raises:
        StocksimError: the scenario or a flag is wrong; nothing has run or been written.
    """
    loaded = load_scenario(options.scenario, options.overrides)
    check_outputs(options.json_file, options.orders, loaded)
    result, failures = _play(options, loaded)
    summary = partial(render, result, everything=options.verbose)
    failures += report(result, summary, options.json_file, options.color)
    for failure in failures:
        complain(f"stocksim: {failure}")
    return ExitCode.INTERNAL if failures else result.exit_code


def _play(options: RunOptions, loaded: LoadedScenario) -> tuple[Result, list[str]]:
    """The result, and what went wrong with the `--orders` file."""
    terminal = Terminal(sys.stderr)
    look = look_of(options.color, sys.stderr)
    log = ConsoleLog(terminal, look, everything=options.verbose)
    with ExitStack() as stack:
        orders = None
        if options.orders is not None:
            orders = stack.enter_context(OrdersFile(options.orders))
        simulation = _simulation(
            options,
            loaded,
            journal=None if options.quiet else log,
            records=None if orders is None else orders.stream,
        )
        stack.enter_context(stopping(simulation.stop))
        if not options.quiet:
            stack.enter_context(RunProgress(terminal, lambda: _snapshot(simulation), look))
        with simulation:
            if orders is not None:
                orders.begin()
            result = simulation.run()
        log.close()
    failure = _failure_of(simulation, orders)
    if failure is None:
        return result, []
    return result, [f"--orders {options.orders} is not complete: {failure.strerror}"]


def _simulation(
    options: RunOptions, loaded: LoadedScenario, journal: Journal | None, records: BinaryIO | None
) -> Simulation:
    site = site_of(
        options.runtime, loaded, options.broker, options.store, options.run_id, options.workers
    )
    backend: Backend | None = None
    if site is not None:
        from actors.rabbitmq.run.backend import BrokerBackend  # noqa: PLC0415 — an extra

        backend = BrokerBackend(site)
    return Simulation(
        loaded,
        runtime=options.runtime,
        backend=backend,
        seed=options.seed,
        replication=options.replication or 0,
        speed=options.speed,
        journal=journal,
        detail=options.detail,
        records=records,
    )


def _failure_of(simulation: Simulation, orders: OrdersFile | None) -> OSError | None:
    if orders is None or simulation.records is None:
        return None
    return simulation.records.failure or orders.failure


def _snapshot(simulation: Simulation) -> Snapshot:
    progress = simulation.progress()
    windows = simulation.loaded.scenario.phase_windows.items()
    phase = next((name for name, (start, end) in windows if start <= progress.now < end), "")
    return Snapshot(
        now=progress.now,
        horizon=simulation.loaded.horizon,
        phase=phase,
        placed=progress.placed,
        finished=progress.finished,
    )
