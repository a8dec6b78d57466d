"""Many mistakes, planted one at a time: the audit finds each, except for those that are listed."""

from __future__ import annotations

from collections import Counter

import pytest
from catalogue import CRASHING, MISTAKES, NOT_FOUND, Mistake
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
    assert (result.crashes > 0) is (mistake.name in CRASHING)
    if mistake.name in NOT_FOUND:
        assert result.exit_code in PASSED, "it is found: strike it off NOT_FOUND"
    else:
        assert not result.audit.ok
        assert result.exit_code == (CRASHED if result.crashes else AUDIT_VIOLATION)


def test_each_mistake_has_a_name_of_its_own() -> None:
    named = Counter(mistake.name for mistake in MISTAKES)
    assert [name for name, count in named.items() if count > 1] == []
    assert sorted((NOT_FOUND | CRASHING) - set(named)) == []


def test_the_audit_finds_279_of_338() -> None:
    assert (len(MISTAKES), len(MISTAKES) - len(NOT_FOUND)) == (338, 279)
