"""One random stream for each (seed, replication, actor, purpose), whoever else draws."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from small_actors import MakeRuntime, player
from speaker import Speaker

from actors.common.random_streams import Stream

# Names hold no control characters: the loader refuses them.
WORDS = st.text(st.characters(exclude_categories=["Cc"]), max_size=8)
KEYS = st.tuples(st.integers(0, 2**64), st.integers(0, 99), WORDS, WORDS)

IN_ANOTHER_PROCESS = """
from actors.runtime.actor import Actor
from actors.runtime.virtual import VirtualRuntime
runtime = VirtualRuntime(seed=42, replication=3)
runtime.spawn("processor/1", Actor)
print([runtime.actor("processor/1").rng("service").random() for _ in range(20)])
"""


def draws(actor: Speaker, purpose: str, count: int = 20) -> list[float]:
    return [actor.rng(purpose).random() for _ in range(count)]


def test_the_same_keys_give_the_same_numbers_under_another_hash_seed(
    make_runtime: MakeRuntime,
) -> None:
    here = draws(player(make_runtime(seed=42, replication=3), "processor/1"), "service")
    for hash_seed in ("0", "4242"):
        there = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == repr(here)


@given(first=KEYS, second=KEYS)
def test_other_keys_give_other_numbers(
    first: tuple[int, int, str, str], second: tuple[int, int, str, str]
) -> None:
    numbers = [[Stream(*keys).random() for _ in range(4)] for keys in (first, second)]
    assert (numbers[0] == numbers[1]) == (first == second)


@given(keys=KEYS)
def test_a_stream_can_be_made_again(keys: tuple[int, int, str, str]) -> None:
    assert Stream(*keys).random() == Stream(*keys).random()


def test_each_key_alone_makes_a_difference(make_runtime: MakeRuntime) -> None:
    base = draws(player(make_runtime(seed=1), "a"), "x")
    others = [
        draws(player(make_runtime(seed=2), "a"), "x"),
        draws(player(make_runtime(seed=1, replication=1), "a"), "x"),
        draws(player(make_runtime(seed=1), "b"), "x"),
        draws(player(make_runtime(seed=1), "a"), "y"),
    ]
    assert all(other != base for other in others)
    assert draws(player(make_runtime(), "a"), "x") == base  # the default seed is 1


def test_another_actor_does_not_change_what_one_draws(make_runtime: MakeRuntime) -> None:
    alone = draws(player(make_runtime(seed=5), "a"), "x")
    runtime = make_runtime(seed=5)
    before = player(runtime, "before")
    draws(before, "x")
    actor = player(runtime, "a")
    draws(actor, "y")
    numbers = []
    for _ in range(20):
        numbers.append(actor.rng("x").random())
        draws(before, "x", 1)
        draws(actor, "y", 3)
    assert numbers == alone


def test_a_stream_goes_on_where_it_was(make_runtime: MakeRuntime) -> None:
    actor = player(make_runtime(), "a")
    assert actor.rng("x") is actor.rng("x")
    assert len(set(draws(actor, "x"))) == 20
