"""Several processes at one store: every order has its effect once, whoever dies or freezes."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sellers import RUN, STOCK, Seller, wrong

from actors.stores.opening import open_store
from actors.stores.store import Store

pytest_plugins = ("server_fixtures",)


def test_sellers_of_the_same_orders_sell_each_once(
    selling_store: Store, store_url: str, sellers: list[Seller]
) -> None:
    sellers += [Seller(store_url, seed) for seed in range(3)]
    for seller in sellers:
        seller.finish()
    assert wrong(selling_store) == []


def test_a_new_store_may_be_opened_by_many_at_the_same_moment(store_url: str) -> None:
    together = Barrier(8)

    def make_run(_number: int) -> bool:
        together.wait()
        store = open_store(store_url)
        try:
            return store.create(RUN, STOCK)
        finally:
            store.close()

    with ThreadPoolExecutor(together.parties) as pool:
        made = list(pool.map(make_run, range(together.parties)))
    assert made.count(True) == 1


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
