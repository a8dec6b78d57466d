"""A run from the command line: outputs, log, progress, signals, exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, cast

from actors.cli.brokering import site_of
from actors.cli.outputs import OrdersFile, check_outputs, write_json
from actors.cli.voice import complain, silence_stdout
from actors.measure.journal import Detail, Journal
from actors.measure.result import Result
from actors.report.console import ConsoleLog
from actors.report.progress import Progress, Snapshot
from actors.report.style import ColourChoice, Look, speaks_unicode, use_colour
from actors.report.summary import render
from actors.report.terminal import Terminal
from actors.scenario.loader import LoadedScenario, load_scenario
from actors.simulation import Simulation

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["RunOptions", "run_scenario"]

EXIT_INTERNAL = 1
STOPPERS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class RunOptions:
    """The flags of `run`, as given."""

    scenario: Path
    runtime: str | None
    seed: int | None
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
    failures += _report(options, result)
    for failure in failures:
        complain(f"stocksim: {failure}")
    return EXIT_INTERNAL if failures else result.exit_code


def _play(options: RunOptions, loaded: LoadedScenario) -> tuple[Result, list[str]]:
    """The result, and what went wrong with the `--orders` file."""
    terminal = Terminal(sys.stderr)
    look = _look(options, sys.stderr)
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
        if orders is not None:
            orders.begin()
        stack.enter_context(_stopping(simulation))
        if not options.quiet:
            stack.enter_context(Progress(terminal, lambda: _snapshot(simulation), look))
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
    if site is None:
        return Simulation(
            loaded,
            runtime=options.runtime,
            seed=options.seed,
            speed=options.speed,
            journal=journal,
            detail=options.detail,
            records=records,
        )
    from actors.remote.simulation import RemoteSimulation  # noqa: PLC0415 — only over a broker

    return RemoteSimulation(
        loaded,
        site,
        seed=options.seed,
        speed=options.speed,
        journal=journal,
        detail=options.detail,
        records=records,
    )


def _failure_of(simulation: Simulation, orders: OrdersFile | None) -> OSError | None:
    if orders is None or simulation.records is None:
        return None
    return simulation.records.failure or orders.failure


def _report(options: RunOptions, result: Result) -> list[str]:
    """Write the result and the summary, each whatever becomes of the other."""
    failures = []
    if options.json_file is not None:
        try:
            write_json(options.json_file, result)
        except BrokenPipeError:
            silence_stdout()
        except OSError as error:
            failures.append(f"--json {options.json_file} could not be written: {error.strerror}")
    if options.json_file != "-":
        try:
            _print_summary(options, result)
        except BrokenPipeError:
            silence_stdout()  # `| head` has seen enough; the exit code is still the run's
        except OSError as error:
            silence_stdout()
            failures.append(f"the summary could not be written: {error.strerror}")
    return failures


def _look(options: RunOptions, stream: TextIO) -> Look:
    return Look(use_colour(options.color, stream, os.environ), speaks_unicode(stream))


@contextmanager
def _stopping(simulation: Simulation) -> Iterator[None]:
    """While the run lasts, SIGINT and SIGTERM ask it to end; they never raise in a handler.

    A signal cuts into whatever the main thread is doing, perhaps in the middle of a log line
    with the log's lock held. So its handler only leaves word, and a thread passes it on.
    """
    requests: SimpleQueue[bool] = SimpleQueue()  # its `put` may cut into another `put`

    def pass_on() -> None:
        while requests.get():
            simulation.stop()

    thread = Thread(target=pass_on, name="signals", daemon=True)
    thread.start()
    before = {number: signal.signal(number, lambda *_: requests.put(True)) for number in STOPPERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        requests.put(False)
        thread.join()


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


def _print_summary(options: RunOptions, result: Result) -> None:
    look = _look(options, sys.stdout)
    text = render(result, everything=options.verbose, colour=look.colour, unicode=look.unicode)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
