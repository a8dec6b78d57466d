"""The message games that every actor system plays: nothing but sending and receiving.

From the Savina suite (S. Imam and V. Sarkar, Savina - An Actor Benchmark Suite, AGERE! 2014),
with its sizes of a ring and of a crowd of workers:

    counting    a source sends, a sink counts
    ping-pong   two actors pass one message to and fro
    ring        100 actors pass one message round
    fan         a source sends to 60 workers in turn, each sends on to one sink
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

__all__ = ["GAMES", "PLAYERS", "Game", "GameName"]

GameName = Literal["counting", "ping-pong", "ring", "fan"]

GAMES: Final[tuple[GameName, ...]] = ("counting", "ping-pong", "ring", "fan")

# Actors between the first and the last, or in the circle.
PLAYERS: Final = {"counting": 0, "ping-pong": 2, "ring": 100, "fan": 60}


class Game(Protocol):
    """A game that is set up; only `play` is timed."""

    def play(self) -> None:
        """Begin, and return when the last message has been handled."""

    def handled(self) -> int:
        """How many messages the players have handled."""

    def stop(self) -> None:
        """Stop all actors."""
