"""The message games on stocksim's actors, on any of its runtimes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from actors.messages import Message
from actors.ref import Ref
from actors.runtime.actor import Actor, receives
from actors.simulation import RUNTIMES
from benchmarks.games import PLAYERS, GameName

__all__ = ["StocksimGame"]

Heard_contra = TypeVar("Heard_contra", contravariant=True)


class Begin(Message, frozen=True):
    """The game begins."""


class Follow(Message, frozen=True):
    """Who is next in the circle."""

    following: Ref[int]


class Player(Actor[Heard_contra]):
    """Counts what it handles."""

    handled = 0


class Source(Player[Begin]):
    """Sends a number of messages to its targets in turn."""

    def __init__(self, targets: Sequence[Ref[int]], messages: int) -> None:
        super().__init__()
        self._targets = targets
        self._messages = messages

    @receives(Begin)
    def begin(self, _begin: Begin) -> None:
        """Send all there is to send."""
        targets = self._targets
        for number in range(self._messages):
            targets[number % len(targets)].tell(number)


class Sink(Player[int]):
    """Takes messages and keeps none."""

    @receives(int)
    def take(self, _number: int) -> None:
        """Count a message."""
        self.handled += 1


class Relay(Player[int]):
    """Sends every message on to the next."""

    def __init__(self, following: Ref[int]) -> None:
        super().__init__()
        self._following = following

    @receives(int)
    def pass_on(self, number: int) -> None:
        """Send the message on."""
        self.handled += 1
        self._following.tell(number)


class Passer(Player[int | Follow]):
    """Passes a token round that says how often it is to be handled yet."""

    _following: Ref[int]

    @receives(Follow)
    def follow(self, follow: Follow) -> None:
        """Take note of who is next; this is not counted."""
        self._following = follow.following

    @receives(int)
    def pass_on(self, left: int) -> None:
        """Handle the token, and pass it on while anything is left."""
        self.handled += 1
        if left > 1:
            self._following.tell(left - 1)


class StocksimGame:
    """A game, its actors made and waiting.

    Args:
        runtime: where they run.
        name: which game.
        messages: how many are to be handled in all.
    """

    def __init__(self, runtime: str, name: GameName, messages: int) -> None:
        self.runtime = RUNTIMES[runtime]()
        self.players: list[str] = []
        if name in ("ping-pong", "ring"):
            self._begin = self._circle(PLAYERS[name], messages)
        else:
            self._begin = self._fan(PLAYERS[name], messages)

    def _spawn(self, name: str, factory: Callable[[], Player[Heard_contra]]) -> Ref[Heard_contra]:
        self.players.append(name)
        return self.runtime.spawn(name, factory)

    def _circle(self, size: int, messages: int) -> Callable[[], None]:
        passers = [self._spawn(f"player/{place}", Passer) for place in range(size)]
        for place, passer in enumerate(passers):
            passer.tell(Follow(passers[(place + 1) % size]))
        return partial(passers[0].tell, messages)

    def _fan(self, size: int, messages: int) -> Callable[[], None]:
        sink = self._spawn("sink", Sink)
        relay = partial(Relay, sink)
        workers = [self._spawn(f"worker/{place}", relay) for place in range(size)]
        sent = messages // 2 if workers else messages  # a worker's message is handled twice
        source = self._spawn("source", partial(Source, workers or [sink], sent))
        return partial(source.tell, Begin())

    def play(self) -> None:
        """Begin, and return when the last message has been handled."""
        self.runtime.start()
        self._begin()
        self.runtime.run()

    def handled(self) -> int:
        """How many messages the players have handled."""
        players = (self.runtime.actor(name) for name in self.players)
        return sum(player.handled for player in players if isinstance(player, Player))

    def stop(self) -> None:
        """Stop all actors."""
        self.runtime.stop()
