"""What goes wrong in a test, told in advance: messages lost, doubled, late or held, and crashes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from typing_extensions import override

from actors.runtime.interception import Interceptor, Transit

__all__ = ["Crashed", "Mishaps"]


class Crashed(Exception):
    """What a handler raises that was made to crash."""


@dataclass(eq=False)
class _Mishap:
    """Something that happens to the nth message of a class for an actor, or to every one."""

    receiver: str
    kind: type
    nth: int | None
    seen: int = field(default=0)

    def befalls(self, receiver: str, message: object) -> bool:
        """Whether it happens to this message; each that fits is counted."""
        if receiver != self.receiver or not isinstance(message, self.kind):
            return False
        self.seen += 1
        return self.nth is None or self.seen == self.nth


@dataclass(eq=False)
class _OnTheWay(_Mishap):
    happen: Callable[[Transit], None] = Transit.deliver


class Mishaps(Interceptor):
    """Mishaps, each of which befalls the first message of a class for an actor.

    `nth` chooses another than the first; with None it befalls every one. What is meant by several
    mishaps is counted by each of them, and the first that was named happens. Give it to a runtime
    or a simulation as its interceptor.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on_the_way: list[_OnTheWay] = []
        self._crashes: list[_Mishap] = []
        self._held: list[Transit] = []
        self.happened: list[object] = []  # the messages that something befell, in order

    def drop(self, receiver: str, kind: type = object, *, nth: int | None = 1) -> None:
        """A message is lost."""
        self._expect(receiver, kind, nth, _nothing)

    def duplicate(self, receiver: str, kind: type = object, *, nth: int | None = 1) -> None:
        """A message arrives twice."""
        self._expect(receiver, kind, nth, _twice)

    def delay(self, receiver: str, kind: type = object, *, by: float, nth: int | None = 1) -> None:
        """A message takes `by` seconds."""
        self._expect(receiver, kind, nth, partial(Transit.deliver, after=by))

    def hold(self, receiver: str, kind: type = object, *, nth: int | None = 1) -> None:
        """A message does not arrive before `release`."""
        self._expect(receiver, kind, nth, self._held.append)

    def crash(self, receiver: str, kind: type = object, *, nth: int | None = 1) -> None:
        """The handler of a message, or of a timer, raises `Crashed` before it has done anything."""
        self._crashes.append(_Mishap(receiver, kind, nth))

    def release(self) -> None:
        """Deliver what was held, oldest first."""
        with self._lock:
            held = list(self._held)
            self._held.clear()
        for transit in held:
            transit.deliver()

    def _expect(
        self, receiver: str, kind: type, nth: int | None, happen: Callable[[Transit], None]
    ) -> None:
        self._on_the_way.append(_OnTheWay(receiver, kind, nth, happen=happen))

    @override
    def send(self, transit: Transit) -> None:
        with self._lock:
            befalling = [
                mishap
                for mishap in self._on_the_way
                if mishap.befalls(transit.receiver, transit.message)
            ]
            if befalling:
                self.happened.append(transit.message)
        happen = befalling[0].happen if befalling else Transit.deliver
        happen(transit)

    @override
    def handle(self, receiver: str, message: object, now: float) -> None:
        with self._lock:
            crashes = [mishap for mishap in self._crashes if mishap.befalls(receiver, message)]
            if not crashes:
                return
            self.happened.append(message)
        raise Crashed(f"{receiver} was made to crash")


def _nothing(_transit: Transit) -> None:
    """The message is lost."""


def _twice(transit: Transit) -> None:
    transit.deliver()
    transit.deliver()
