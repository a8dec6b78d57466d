"""A connection to the broker, on a thread of its own, opened again after every loss.

The client library belongs to one thread: everybody else hands it calls. A connection is used
one way only, to publish or to consume, because a broker that runs short of memory freezes a
connection that publishes, and with it the acknowledgements that would relieve it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from actors.errors import BrokerUnreachable
from actors.measure.journal import EventKind
from actors.rabbitmq.both.address import parameters_of, unreachable, where

if TYPE_CHECKING:
    from pika.adapters.select_connection import IOLoop, SelectConnection

__all__ = ["Link", "Note", "cause"]

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 3.0
JOIN_S: Final = 5.0
LOOK_S: Final = 0.05
# Refused for good at the first try: waiting would not help.
FOR_GOOD: Final = ("ACCESS_REFUSED", "NOT_ALLOWED")

Note = Callable[[EventKind, str], None]

log = logging.getLogger("stocksim")


class Link:
    """One connection.

    Args:
        url: the broker's.
        opened: called on the link's thread with each new connection.
        lost: called there when it is gone; what was under way on it is nobody's now.
        note: hears, on the same thread, of losses and returns, in words without a password.
    """

    def __init__(
        self,
        url: str,
        opened: Callable[[SelectConnection], None],
        lost: Callable[[], None],
        note: Note,
    ) -> None:
        self._parameters = parameters_of(url)
        self.where = where(self._parameters)
        self._opened = opened
        self._lost = lost
        self._note = note
        self._lock = threading.Lock()
        self._connection: SelectConnection | None = None
        self._loop: IOLoop | None = None
        self._closing = threading.Event()
        self._connected = threading.Event()
        self._tries = 0
        self._why = "no answer yet"
        self._opened_before = False
        self.reconnects = 0
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    def start(self, patience_s: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Connect, however often it takes within `patience_s` seconds.

        Raises:
            BrokerUnreachable: that was not enough.
            KeyboardInterrupt: `stopped` said to stop trying.
        """
        self._thread.start()
        began = time.monotonic()
        while not self._connected.wait(LOOK_S):
            if stopped():
                self.close()
                raise KeyboardInterrupt
            spent = time.monotonic() - began
            if spent > patience_s or any(words in self._why for words in FOR_GOOD):
                self.close()
                tried = f"tries: {self._tries}, in {spent:.0f} s"
                raise BrokerUnreachable(unreachable(self.where, self._why, tried))

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._connected.is_set()

    def call(self, function: Callable[..., None], *arguments: object) -> bool:
        """Have a function called on the link's thread; False while there is no connection."""
        with self._lock:
            if self._loop is None:
                return False
            self._loop.add_callback_threadsafe(partial(function, *arguments))
            return True

    def later(self, delay_s: float, function: Callable[[], None]) -> None:
        """From the link's own thread: have a function called there in a while."""
        if self._loop is not None:
            self._loop.call_later(delay_s, function)

    def close(self) -> None:
        """Disconnect, and end the thread."""
        self._closing.set()
        self.call(self._disconnect)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._closing.is_set():
            self._tries += 1
            self._serve()
            if self._connected.is_set():
                self._connected.clear()
                pause = FIRST_PAUSE_S
                self._lost()
                if not self._closing.is_set():
                    self._note("lost", f"the broker at {self.where}: {self._why}")
            elif self._tries == 1 and not self._closing.is_set():
                self._note("stalled", f"waiting for the broker at {self.where}: {self._why}")
            self._closing.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _serve(self) -> None:
        """One connection's life."""
        from pika import SelectConnection  # noqa: PLC0415 — the extra may be missing

        connection = SelectConnection(
            self._parameters,
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_end,
            on_close_callback=self._on_end,
        )
        self._connection = connection
        with self._lock:
            self._loop = connection.ioloop
        try:
            connection.ioloop.start()
        except Exception as error:
            self._why = repr(error)
            log.exception("the broker's connection is opened anew after a mistake of ours")
        finally:
            with self._lock:
                self._loop = None
            connection.ioloop.close()

    def _on_open(self, connection: SelectConnection) -> None:
        if self._opened_before:
            self.reconnects += 1
            self._note("restored", f"the broker at {self.where}")
        self._opened_before = True
        self._connected.set()
        self._opened(connection)

    def _on_end(self, connection: SelectConnection, error: BaseException) -> None:
        self._why = cause(error)
        connection.ioloop.stop()

    def _disconnect(self) -> None:
        connection = self._connection
        if connection is None:
            return
        if connection.is_open:
            connection.close()
        elif not connection.is_closing:
            connection.ioloop.stop()


def cause(error: BaseException) -> str:
    """The innermost of a library's nested errors, in one line, or its class's name."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = [part for part in _inner(error) if isinstance(part, BaseException)]
        if not inner:
            break
        error = inner[-1]
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:200]


def _inner(error: BaseException) -> tuple[object, ...]:
    return (*error.args, getattr(error, "exception", None), *getattr(error, "exceptions", ()))
