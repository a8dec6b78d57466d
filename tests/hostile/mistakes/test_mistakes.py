"""Many mistakes, planted one at a time: the audit finds each, except for those that are listed."""

from __future__ import annotations

from collections import Counter

import pytest
from catalogue import BY_CRASH, MISTAKES, NOT_FOUND, Mistake
from planting import play, slips
from shops import SHOPS, open_shop

from actors.simulation import Simulation

PASSED = (0, 99)
AUDIT_VIOLATION = 98
CRASHED = 1


@pytest.mark.parametrize("shop", SHOPS)
def test_without_a_mistake_the_audit_holds(shop: str) -> None:
    result = Simulation(open_shop(shop)).run()
    assert not [check for check in result.audit.checks if not check.ok]
    assert result.crashes == 0
    assert result.exit_code in PASSED


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.name for mistake in MISTAKES])
def test_the_audit_finds(mistake: Mistake) -> None:
    slips.clear()
    result = play(mistake, open_shop(mistake.shop))
    assert slips.total() > 0, "the mistake was never made"
    assert (result.crashes > 0) is (mistake.name in BY_CRASH)
    if mistake.name in BY_CRASH:
        assert result.exit_code == CRASHED
    elif mistake.name in NOT_FOUND:
        assert result.exit_code in PASSED, "it is found: strike it off NOT_FOUND"
    else:
        assert result.exit_code == AUDIT_VIOLATION


def test_each_mistake_has_a_name_of_its_own() -> None:
    named = Counter(mistake.name for mistake in MISTAKES)
    assert [name for name, count in named.items() if count > 1] == []
    assert sorted((NOT_FOUND | BY_CRASH) - set(named)) == []


def test_no_mistake_is_left_out_and_most_are_found() -> None:
    assert (len(MISTAKES), len(NOT_FOUND), len(BY_CRASH)) == (338, 59, 1)
