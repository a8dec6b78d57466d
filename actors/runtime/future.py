"""The answer to an `ask`, on every runtime.

Pykka makes the future from the actor's class, before it knows the mailbox; the mailbox that
receives the question tells the future which runtime can bring the answer about.

Most futures are read once, by one thread, and often when the answer is there already. So a lock
is made by whoever has to wait, and a future that nobody waits for has none.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from pykka import Future, Timeout
from typing_extensions import override

__all__ = ["Reply"]

# As `sys.exc_info` has it.
Raised = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class Solicitor(Protocol):
    """Who can bring an answer about: a runtime."""

    def await_reply(self, reply: Reply) -> None:
        """Work until the answer is there, where waiting alone would not do."""


class Reply(Future[Any]):
    """A future whose `get` lets the runtime work until the answer is there."""

    runtime: Solicitor | None = None
    on_answer: Callable[[], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._hooked: threading.RLock | None = None
        self._answers: list[Answer] = []  # the first counts; appending is a single step
        self._waiting: list[threading.Lock] = []

    @override
    def set(self, value: Any | None = None) -> None:
        """Answer the question, once.

        Raises:
            queue.Full: it has been answered.
        """
        self._answer(Answer(value, None))

    @override
    def set_exception(self, exc_info: Raised | None = None) -> None:
        """Answer with an exception, once: the one given, or the one being handled.

        Raises:
            queue.Full: it has been answered.
        """
        self._answer(Answer(None, sys.exc_info() if exc_info is None else exc_info))

    def _answer(self, answer: Answer) -> None:
        if self._get_hook is not None:
            raise queue.Full
        self._answers.append(answer)
        if self._answers[0] is not answer:
            raise queue.Full
        # Answer first, wake afterwards; who waits says so first and looks for an answer
        # afterwards: whichever comes second sees the other.
        while self._waiting:
            self._waiting.pop().release()
        if self.on_answer is not None:
            self.on_answer()

    @override
    def set_get_hook(self, func: Callable[[float | None], Any]) -> None:
        """Have `get` call `func` instead of waiting for an answer; what it returns is kept.

        Raises:
            queue.Full: the question has been answered.
        """
        if self._answers:
            raise queue.Full
        self._hooked = threading.RLock()
        super().set_get_hook(func)

    @property
    def answered(self) -> bool:
        """Whether a value or an exception has been set."""
        return bool(self._answers)

    @override
    def get(self, *, timeout: float | None = None) -> Any:
        """The value, or the exception that the handler raised.

        Raises:
            pykka.Timeout: no answer within `timeout` real seconds, or, in virtual time, none
                although nothing is left to run.
            BlockingInHandler: a handler waited where nobody could take its place: always in
                virtual time, and on a pool that has no thread left.
        """
        if self._hooked is not None:
            with self._hooked:  # threads that ask at once have `func` called once
                return super().get(timeout=timeout)
        if not self._answers:
            if self.runtime is not None:
                self.runtime.await_reply(self)
            self._wait(timeout)
        return self._answers[0].reveal()

    def _wait(self, timeout: float | None) -> None:
        asleep = threading.Lock()
        asleep.acquire()
        self._waiting.append(asleep)
        if self._answers:
            return
        if not asleep.acquire(timeout=-1 if timeout is None else max(timeout, 0.0)):
            raise Timeout(f"{timeout} seconds")


class Answer(NamedTuple):
    """What a question came to."""

    value: Any
    exc_info: Raised | None

    def reveal(self) -> Any:  # noqa: ANN401 — whatever the handler returned
        """The value; the exception is raised."""
        if self.exc_info is None:
            return self.value
        kind, error, traceback = self.exc_info
        assert kind is not None  # noqa: S101 — an exception has a class
        if error is None:
            error = kind()
        if error.__traceback__ is not traceback:
            raise error.with_traceback(traceback)
        raise error
