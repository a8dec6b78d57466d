"""A worker from the command line: its connections, its log, and how it is told to end."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final, cast

from actors.common.visible_text import speaks_unicode
from actors.measure.journal import Event
from actors.rabbitmq.both.address import check_run
from actors.rabbitmq.both.link import Note
from actors.rabbitmq.worker.process import STORE_PATIENCE_S, Worker
from actors.rabbitmq.worker.session import BATCH, PREFETCH, Capacity
from actors.report.log_pacing import ConsoleLog
from actors.report.style import ColourChoice, Look, use_colour
from actors.report.terminal import Terminal
from actors.stores.opening import open_store
from actors.vocabulary.events import EventKind

__all__ = ["WorkerOptions", "work"]

STOPPERS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class WorkerOptions:
    """The flags of `worker`, as given."""

    broker: str
    store: str
    run: str | None
    processors: int | None
    batch: int | None
    prefetch: int | None
    name: str | None
    color: ColourChoice
    quiet: bool
    ends_with_stdin: bool

    @classmethod
    def of(cls, flags: Mapping[str, object]) -> WorkerOptions:
        """From what the command line parser hands over; it has checked every type."""
        return cls(**cast("dict[str, object]", flags))  # type: ignore[arg-type]


def work(options: WorkerOptions) -> None:
    """Serve until the run is over, or until a signal says to end.

    Raises:
        StocksimError: broker or store cannot be reached or used.
    """
    name = check_run(options.name or _own_name())
    run = None if options.run is None else check_run(options.run)
    open_store(options.store).close()  # waits for one that is only just starting
    with closing(open_store(options.store, patience=STORE_PATIENCE_S)) as store:
        worker = Worker(
            options.broker,
            store,
            name=name,
            run=run,
            capacity=Capacity(
                options.processors, options.batch or BATCH, options.prefetch or PREFETCH
            ),
            note=_nobody if options.quiet else _teller(options.color),
        )
        for number in STOPPERS:
            signal.signal(number, lambda *_: worker.stop())
        if options.ends_with_stdin:
            threading.Thread(target=_end_with_stdin, args=(worker,), daemon=True).start()
        worker.work()


def _own_name() -> str:
    host = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in socket.gethostname())
    return f"{host.strip('-')[:40] or 'worker'}-{os.getpid()}-{secrets.token_hex(2)}"


def _nobody(_kind: EventKind, _words: str) -> None:
    pass


def _teller(color: ColourChoice) -> Note:
    """Tells a person at the terminal what the worker hears."""
    look = Look(use_colour(color, sys.stderr, os.environ), speaks_unicode(sys.stderr))
    log = ConsoleLog(Terminal(sys.stderr), look)
    began = time.monotonic()
    return lambda kind, words: log(Event(time.monotonic() - began, "worker", kind, "", words))


def _end_with_stdin(worker: Worker) -> None:
    """Whoever started us holds the other end, and is gone when it closes."""
    while os.read(0, 1024):
        pass
    worker.stop()
