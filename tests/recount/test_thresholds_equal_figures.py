"""A threshold is held against the very figure that the result shows under its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import pytest
from conditions import Condition, conditions
from expected import matches
from hypothesis import given, settings
from hypothesis import strategies as st
from named_figures import in_document, recounted
from playing_shops import Played, each_shop, play

from actors.measure.thresholds.metrics import METRICS
from scenarios import Shop, shops

pytest_plugins = ("shop_fixtures",)

Asked = tuple[Shop, Sequence[Condition]]
Kind = Callable[[Condition], bool]


@st.composite
def asked(draw: st.DrawFn, kind: Kind) -> Asked:
    """A shop with every threshold of a kind: of all, of a group, in a phase, and of both."""
    shop = draw(shops(scarce=kind is of_products))
    setting = shop.setting
    groups = (None, draw(st.sampled_from(setting.groups)))
    phases = (None, draw(st.sampled_from([*setting.windows]))) if setting.windows else (None,)
    narrowings = list(product(groups, phases))
    wanted = [one for one in conditions(list(setting.stock), narrowings) if kind(one)]
    return shop.with_thresholds([one.text for one in wanted]), wanted


def of_orders(condition: Condition) -> bool:
    return METRICS[condition.metric].of_orders


def of_products(condition: Condition) -> bool:
    return METRICS[condition.metric].of_product


def of_processors(condition: Condition) -> bool:
    return not of_orders(condition) and not of_products(condition)


def other_than_figures(played: Played, wanted: Sequence[Condition]) -> list[str]:
    """The thresholds whose value is not the very number in the document."""
    found = []
    for condition, verdict in zip(wanted, played.document["thresholds"], strict=True):
        figure = in_document(condition, played.document)
        if figure is not ... and (verdict["value"] != figure or type(figure) is bool):
            found.append(f"{condition.text}: {verdict['value']!r}, the figure is {figure!r}")
    return found


def other_than_recounted(shop: Shop, played: Played, wanted: Sequence[Condition]) -> list[str]:
    """The thresholds whose value is not what the records say."""
    recount = played.recount(shop.setting)
    found = []
    for condition, verdict in zip(wanted, played.document["thresholds"], strict=True):
        expected = recounted(condition, recount)
        if expected is not ... and not matches(expected, verdict["value"]):
            found.append(f"{condition.text}: {verdict['value']!r}, recounted {expected!r}")
    return found


# Of orders there are two hundred thresholds a shop.
every_kind = pytest.mark.parametrize(
    ("kind", "examples"), [(of_orders, 15), (of_products, 40), (of_processors, 40)]
)


@every_kind
def test_a_thresholds_value_is_the_figure_of_that_name(
    kind: Kind, examples: int, folder: Path
) -> None:
    @given(shop_and_conditions=asked(kind))
    @settings(each_shop, max_examples=examples)
    def check(shop_and_conditions: Asked) -> None:
        shop, wanted = shop_and_conditions
        assert other_than_figures(play(shop, folder), wanted) == []

    check()


@every_kind
def test_a_thresholds_value_is_what_the_records_say(
    kind: Kind, examples: int, folder: Path
) -> None:
    @given(shop_and_conditions=asked(kind))
    @settings(each_shop, max_examples=examples)
    def check(shop_and_conditions: Asked) -> None:
        shop, wanted = shop_and_conditions
        assert other_than_recounted(shop, play(shop, folder), wanted) == []

    check()
