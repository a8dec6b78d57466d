"""The message games on plain Pykka: `ThreadingActor`s as they are shipped."""

from __future__ import annotations

import threading
from typing import Any

import pykka
from typing_extensions import override

from benchmarks.games import PLAYERS, GameName

__all__ = ["PykkaGame"]

Ref = pykka.ActorRef[Any]


class Table:
    """What the players have handled, each in its own place, and when the game is over."""

    def __init__(self) -> None:
        self.handled: dict[str, int] = {}
        self.over = threading.Event()


class Player(pykka.ThreadingActor):
    """Counts what it handles, and puts the count on the table when it stops."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table
        self.handled = 0

    @override
    def on_stop(self) -> None:
        self.table.handled[self.actor_urn] = self.handled


class Source(Player):
    """Sends a number of messages to its targets in turn."""

    def __init__(self, table: Table, targets: list[Ref], messages: int) -> None:
        super().__init__(table)
        self.targets = targets
        self.messages = messages

    @override
    def on_receive(self, message: str) -> None:
        targets = self.targets
        for number in range(self.messages):
            targets[number % len(targets)].tell(number)


class Sink(Player):
    """Takes messages and keeps none; the game is over with the last."""

    def __init__(self, table: Table, expected: int) -> None:
        super().__init__(table)
        self.expected = expected

    @override
    def on_receive(self, message: int) -> None:
        self.handled += 1
        if self.handled == self.expected:
            self.table.over.set()


class Relay(Player):
    """Sends every message on to the next."""

    def __init__(self, table: Table, following: Ref) -> None:
        super().__init__(table)
        self.following = following

    @override
    def on_receive(self, message: int) -> None:
        self.handled += 1
        self.following.tell(message)


class Passer(Player):
    """Passes a token round that says how often it is to be handled yet."""

    following: Ref

    @override
    def on_receive(self, message: int | Ref) -> None:
        if isinstance(message, pykka.ActorRef):
            self.following = message
            return
        self.handled += 1
        if message > 1:
            self.following.tell(message - 1)
        else:
            self.table.over.set()


class PykkaGame:
    """A game, its actors made and waiting.

    Args:
        name: which game.
        messages: how many are to be handled in all.
    """

    def __init__(self, name: GameName, messages: int) -> None:
        self.table = Table()
        self.first: tuple[Ref, object]
        if name in ("ping-pong", "ring"):
            self._circle(PLAYERS[name], messages)
        else:
            self._fan(PLAYERS[name], messages)

    def _circle(self, size: int, messages: int) -> None:
        refs = [Passer.start(self.table) for _ in range(size)]
        for place, ref in enumerate(refs):
            ref.tell(refs[(place + 1) % size])
        self.first = (refs[0], messages)

    def _fan(self, size: int, messages: int) -> None:
        sent = messages // 2 if size else messages  # a worker's message is handled twice
        sink = Sink.start(self.table, sent)
        workers = [Relay.start(self.table, sink) for _ in range(size)]
        self.first = (Source.start(self.table, workers or [sink], sent), "begin")

    def play(self) -> None:
        """Begin, and return when the last message has been handled."""
        ref, message = self.first
        ref.tell(message)
        self.table.over.wait()

    def handled(self) -> int:
        """How many messages the players have handled; known once they have stopped."""
        return sum(self.table.handled.values())

    def stop(self) -> None:
        """Stop all actors."""
        pykka.ActorRegistry.stop_all()
