"""Raw messages a second of wall time: the games of the Savina suite, on every runtime."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import msgspec

from actors.simulation import RUNTIMES
from benchmarks.errors import BadMeasurement
from benchmarks.fresh import in_fresh_process
from benchmarks.games import GAMES, Game, GameName
from benchmarks.peers.pykka_games import PykkaGame
from benchmarks.sizes import Sizes
from benchmarks.speed import Contest, Speed, take_turns
from benchmarks.stocksim_games import StocksimGame
from benchmarks.table import markdown
from benchmarks.targets import Verdict

__all__ = ["Found", "judge", "measure", "measure_messages", "show", "systems"]

PYKKA: Final = "plain Pykka"
EXPECTED: Final = ("virtual", "threads", "pool")  # stocksim's runtimes of one process


class Found(msgspec.Struct, frozen=True):
    """A contest a game."""

    games: Mapping[GameName, Contest]


def systems(found: Found) -> list[str]:
    """Who took part."""
    return list(next(iter(found.games.values())).runs)


def measure_messages(system: str, name: GameName, messages: int) -> Speed:
    """Play once; only the messages are in the time, neither making the actors nor stopping them.

    Raises:
        BadMeasurement: not every message was handled.
    """
    game: Game
    game = PykkaGame(name, messages) if system == PYKKA else StocksimGame(system, name, messages)
    began = time.perf_counter()
    game.play()
    wall_s = time.perf_counter() - began
    game.stop()
    handled = game.handled()
    if handled != messages:
        raise BadMeasurement(f"{system} handled {handled:,} of {messages:,} messages of {name}")
    return Speed(handled, wall_s)


def measure(sizes: Sizes) -> Found:
    """Rounds of every game in which every system plays once."""
    skipped = {
        kind: f"stocksim has no runtime {kind!r}" for kind in EXPECTED if kind not in RUNTIMES
    }
    taking_part = [*(kind for kind in EXPECTED if kind in RUNTIMES), PYKKA]

    def contest(game: GameName) -> Contest:
        def run(system: str, _seed: int) -> Speed:
            return in_fresh_process(Speed, "messages", system, game, sizes.messages[game])

        return take_turns(taking_part, sizes.message_rounds, run, skipped)

    return Found({game: contest(game) for game in GAMES})


def show(found: Found) -> str:
    """Median rates by game and system, and how many times plain Pykka's they are."""
    rows = [["messages/s", *found.games]]
    for system in systems(found):
        row = [system]
        for contest in found.games.values():
            times = contest.median_rate(system) / contest.median_rate(PYKKA)
            row.append(f"{contest.median_rate(system):,.0f} ({times:.1f} ×)")
        rows.append(row)
    skipped = next(iter(found.games.values())).skipped
    notes = [f"{system}: skipped, {why}." for system, why in skipped.items()]
    return "\n\n".join([markdown(rows), *notes])


def judge(_found: Found) -> list[Verdict]:
    """Nothing is wanted of these figures: they explain others."""
    return []
