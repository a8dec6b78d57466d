from __future__ import annotations

import io
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from corpora import json_texts, naughty_strings, product_names
from posting import order, play, posting, shop, with_products

from actors.measure.records import OrderRecord
from actors.measure.result import Result
from actors.scenario.loader import load_text
from actors.simulation import Cast, Simulation

RUNTIMES = ("virtual", "threads", "pool")

CROWD = """\
stocksim: 1
products: {TEA: {stock: 9000}, RUM: {stock: 400}, CUP-1..8: {stock: 3000}}
router: {queue_limit: 50}
processors: {count: 4, service_time: exponential 7ms}
clients:
  web:
    count: 10
    phases: {day: {duration: 20s, rate: 500/s}}
    orders: {lines: 1..3, quantity: 1..2, kind: {sale: 9, return: 1}}
  poison: {phases: {day: {duration: 20s, rate: 0/s}}}
"""


def assert_all_accounted_for(result: Result, records: Sequence[OrderRecord], posted: int) -> None:
    counts = result.orders
    assert result.crashes == 0
    assert result.audit.ok, [check for check in result.audit.checks if not check.ok]
    assert counts.placed == counts.fulfilled + counts.partial + counts.rejected == len(records)
    assert counts.placed + counts.duplicates == posted
    assert sum(letter.count for letter in result.dead_letters) == counts.rejected_by.get(
        "invalid", 0
    )


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_no_text_of_the_json_test_suite_is_an_order(runtime: str) -> None:
    texts = json_texts()
    result, records = play(shop(), Cast(open_client=posting(texts)), runtime)
    assert_all_accounted_for(result, records, len(texts))
    assert result.orders.rejected_by["invalid"] == len(texts)
    assert result.exit_code == 0


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_json_texts_inside_of_an_order_disturb_no_other_order(runtime: str) -> None:
    frame = order("REF", note="HOLE").replace(b'"HOLE"', b"%b")
    bodies: list[bytes | tuple[str, bytes]] = []
    for number, text in enumerate(json_texts()):
        bodies += [
            (f"bad-{number}", frame.replace(b"REF", f"bad-{number}".encode()) % text),
            (f"good-{number}", order(f"good-{number}")),
        ]
    result, records = play(shop(), Cast(open_client=posting(bodies)), runtime)
    assert_all_accounted_for(result, records, len(bodies))
    outcomes = Counter((record.id.partition("-")[0], record.outcome) for record in records)
    assert outcomes == {("bad", "rejected"): 318, ("good", "fulfilled"): 318}


def fields_with(text: str, number: int) -> Iterator[tuple[str, bytes]]:
    """Orders that have a naughty string in each place where a string may stand."""
    refs = [f"{field}-{number}" for field in ("client", "sku", "kind", "quantity", "placed", "key")]
    yield text, order(text)
    yield refs[0], order(refs[0], client=text)
    yield refs[1], order(refs[1], text)
    yield refs[2], order(refs[2], kind=text)
    yield refs[3], order(refs[3], lines=[{"sku": "TEA", "quantity": text}])
    yield refs[4], order(refs[4], placed_at=text)
    yield refs[5], order(refs[5], **{text: text})


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_naughty_strings_in_any_field_are_accounted_for(runtime: str) -> None:
    posts: list[bytes | tuple[str, bytes]] = [
        post for number, text in enumerate(naughty_strings()) for post in fields_with(text, number)
    ]
    result, records = play(shop(), Cast(open_client=posting(posts)), runtime)
    assert_all_accounted_for(result, records, len(posts))
    reasons = Counter((record.id.rpartition("-")[0], record.reason) for record in records)
    for field in ("kind", "quantity", "placed", "key"):
        assert reasons[field, "invalid"] == 515
    assert reasons["client", None] + reasons["client", "invalid"] == 515
    assert reasons["sku", "unknown_product"] + reasons["sku", "invalid"] == 515
    assert reasons["client", None] > 450
    assert reasons["sku", "unknown_product"] > 450


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_products_with_naughty_names_are_sold_like_any_other(runtime: str) -> None:
    names = product_names()
    assert len(names) > 450
    loaded = with_products({name: {"stock": 3} for name in names})
    posts = [order(f"post-{number}", name) for number, name in enumerate(names)]
    result, records = play(loaded, Cast(open_client=posting(posts)), runtime)
    assert_all_accounted_for(result, records, len(names))
    assert result.orders.fulfilled == len(names)
    assert {name: product.final for name, product in result.products.items()} == dict.fromkeys(
        names, 2
    )
    assert sorted(line.sku for record in records for line in record.lines) == sorted(names)


def poison(count: int) -> list[tuple[str, bytes]]:
    """Orders that must not be: broken, cut off, swollen, deep, or under somebody else's name."""
    dice = random.Random(7)
    texts = json_texts()
    good = order("web-1-1")
    makers = (
        lambda: dice.choice(texts),
        lambda: good[: dice.randrange(len(good))],
        lambda: good.replace(b"1", dice.choice([b"-1", b"1e999", b"NaN", b"1.5", b"null"])),
        lambda: bytes(dice.choices(range(256), k=200)),
        lambda: order("web-1-1"),  # the envelope says otherwise
        lambda: good[:-1] + b', "id": "web-1-1"}',
        lambda: b'{"lines":' + b"[" * 50_000,
        lambda: b" " * 300_000,
        lambda: order("x" * 1_000),
        lambda: order(dice.choice(naughty_strings()), sku="\x00"),
    )
    return [(f"poison-{number}", makers[number % len(makers)]()) for number in range(count)]


def outcomes_of(runtime: str, poisoned: Sequence[tuple[str, bytes]]) -> tuple[Result, list[bytes]]:
    """The result, and the lines of the orders that were none of the poison."""
    file = io.BytesIO()
    result = Simulation(
        load_text(CROWD, name="crowd"),
        runtime=runtime,
        speed=None if runtime == "virtual" else 10,
        records=file,
        roles=Cast(open_client=posting(poisoned, group="poison")),
    ).run()
    lines = file.getvalue().splitlines()
    return result, [line for line in lines if json.loads(line)["group"] != "poison"]


@pytest.mark.slow
def test_a_thousand_poison_messages_leave_ten_thousand_orders_as_they_were() -> None:
    pure, expected = outcomes_of("virtual", [])
    result, lines = outcomes_of("virtual", poison(1_000))
    assert result.crashes == 0
    assert result.audit.ok
    assert result.orders.rejected_by["invalid"] == 1_000
    assert len(expected) > 9_500
    assert lines == expected
    assert result.groups["web"] == pure.groups["web"]
    assert result.products == pure.products
    assert result.processors == pure.processors
    assert result.simulated_s == pure.simulated_s


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["threads", "pool"])
def test_poison_in_real_time_is_buried_while_every_order_is_served(runtime: str) -> None:
    result, lines = outcomes_of(runtime, poison(1_000))
    assert result.crashes == 0
    assert result.audit.ok
    assert result.orders.rejected_by["invalid"] == 1_000
    web = result.groups["web"].orders
    assert web.placed == len(lines) == web.fulfilled + web.rejected
    assert "invalid" not in {reason for reason, count in web.rejected_by.items() if count}
