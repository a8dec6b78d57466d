"""Several processes at one store: every order has its effect once, whoever dies or freezes."""

from __future__ import annotations

import signal
import subprocess
import sys

from sellers import RUN, STOCK, Seller, wrong

from actors.broker.store import Store


def test_sellers_of_the_same_orders_sell_each_once(
    selling_store: Store, store_url: str, sellers: list[Seller]
) -> None:
    sellers += [Seller(store_url, seed) for seed in range(3)]
    for seller in sellers:
        seller.finish()
    assert wrong(selling_store) == []


def test_processes_may_open_a_new_store_at_the_same_moment(
    store_url: str, sellers: list[Seller]
) -> None:
    program = (
        "import sys\nfrom actors.broker.store import open_store\n"
        f"store = open_store(sys.argv[1])\nprint(store.create({RUN!r}, {STOCK!r}))\nstore.close()\n"
    )
    del sellers
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", program, store_url], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    said = sorted(opener.communicate(timeout=60)[0] for opener in openers)
    assert said == ["False\n", "False\n", "False\n", "True\n"]


def test_a_seller_killed_in_a_batch_leaves_nothing_behind_and_nobody_waiting(
    selling_store: Store, store_url: str, sellers: list[Seller]
) -> None:
    dying = Seller(store_url, 1, "hang")
    sellers.append(dying)
    dying.wait_until_in_the_batch()
    dying.signal(signal.SIGKILL)
    dying.process.wait()
    sellers.append(Seller(store_url, 2))
    sellers[-1].finish()
    assert wrong(selling_store) == []
