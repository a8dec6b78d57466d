"""SIGINT and SIGTERM while something runs: they ask it to end, and never raise in the middle."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import Final

__all__ = ["stopping"]

STOPPERS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """While the block lasts, each of these signals calls `stop`, on a thread of its own.

    A signal cuts into whatever the main thread is doing, perhaps in the middle of a log line
    with the log's lock held. So its handler only leaves word, and a thread passes it on.
    """
    requests: SimpleQueue[bool] = SimpleQueue()  # its `put` may cut into another `put`

    def pass_on() -> None:
        while requests.get():
            stop()

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
