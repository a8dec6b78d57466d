"""The message games on stocksim's actors, on any of its runtimes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from actors.messages import Message
from actors.runtime.actor import Actor, receives
from actors.simulation import RUNTIMES
from benchmarks.games import PLAYERS, GameName

__all__ = ["StocksimGame"]


class Begin(Message, frozen=True):
    """The game begins."""


class Player(Actor):
    """Counts what it handles."""

    handled = 0


class Source(Player):
    """Sends a number of messages to its targets in turn."""

    def __init__(self, targets: list[str], messages: int) -> None:
        super().__init__()
        self._targets = targets
        self._messages = messages

    @receives(Begin)
    def begin(self, _begin: Begin) -> None:
        """Send all there is to send."""
        tell, targets = self.tell, self._targets
        for number in range(self._messages):
            tell(targets[number % len(targets)], number)


class Sink(Player):
    """Takes messages and keeps none."""

    @receives(int)
    def take(self, _number: int) -> None:
        """Count a message."""
        self.handled += 1


class Relay(Player):
    """Sends every message on to the next."""

    def __init__(self, following: str) -> None:
        super().__init__()
        self._following = following

    @receives(int)
    def pass_on(self, number: int) -> None:
        """Send the message on."""
        self.handled += 1
        self.tell(self._following, number)


class Passer(Player):
    """Passes a token round that says how often it is to be handled yet."""

    def __init__(self, following: str) -> None:
        super().__init__()
        self._following = following

    @receives(int)
    def pass_on(self, left: int) -> None:
        """Handle the token, and pass it on while anything is left."""
        self.handled += 1
        if left > 1:
            self.tell(self._following, left - 1)


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
        self.first: tuple[str, object] = ("source", Begin())
        if name in ("ping-pong", "ring"):
            self._circle(PLAYERS[name], messages)
        else:
            self._fan(PLAYERS[name], messages)

    def _spawn(self, name: str, factory: Callable[[], Player]) -> None:
        self.runtime.spawn(name, factory)
        self.players.append(name)

    def _circle(self, size: int, messages: int) -> None:
        names = [f"player/{place}" for place in range(size)]
        for place, name in enumerate(names):
            self._spawn(name, partial(Passer, names[(place + 1) % size]))
        self.first = (names[0], messages)

    def _fan(self, size: int, messages: int) -> None:
        names = [f"worker/{place}" for place in range(size)]
        self._spawn("sink", Sink)
        for name in names:
            self._spawn(name, partial(Relay, "sink"))
        sent = messages // 2 if names else messages  # a worker's message is handled twice
        self._spawn("source", partial(Source, names or ["sink"], sent))

    def play(self) -> None:
        """Begin, and return when the last message has been handled."""
        self.runtime.start()
        self.runtime.tell(*self.first)
        self.runtime.run()

    def handled(self) -> int:
        """How many messages the players have handled."""
        players = (self.runtime.actor(name) for name in self.players)
        return sum(player.handled for player in players if isinstance(player, Player))

    def stop(self) -> None:
        """Stop all actors."""
        self.runtime.stop()
