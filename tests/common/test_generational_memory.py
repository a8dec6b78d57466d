from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.common.generational_memory import GenerationalMemory

KEYS = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(KEYS, st.integers())), st.integers(1, 5))
def test_the_last_keys_are_remembered_with_their_latest_values(
    kept: list[tuple[str, int]], least: int
) -> None:
    recent: GenerationalMemory[str, int] = GenerationalMemory(least)
    for key, value in kept:
        recent.keep(key, value)
        assert len(recent) <= 2 * least
    latest = dict(kept)
    last_first = list(dict.fromkeys(key for key, _ in reversed(kept)))
    for key in last_first[:least]:
        assert key in recent
        assert recent.get(key) == latest[key]


@given(st.lists(KEYS), st.integers(1, 5))
def test_what_was_never_kept_is_not_remembered(kept: list[str], least: int) -> None:
    recent: GenerationalMemory[str, bool] = GenerationalMemory(least)
    for key in kept:
        recent.keep(key, value=True)
    assert "z" not in recent
    assert recent.get("z") is None
    assert all(key in kept for key in "abcdefgh" if key in recent)


@pytest.mark.parametrize("least", [1, 3])
def test_the_oldest_are_forgotten_at_twice_the_number(least: int) -> None:
    recent: GenerationalMemory[str, int] = GenerationalMemory(least)
    for number in range(2 * least):
        recent.keep(str(number), number)
    remembered = [number for number in range(2 * least) if str(number) in recent]
    assert remembered == list(range(least, 2 * least))
