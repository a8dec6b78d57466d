"""What every store keeps to, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actors.errors import BatchUndone, Fenced, RunDiffers, UnknownRun
from actors.stores.sql import PAGE
from actors.stores.store import TRIES, Batch, Store, again

pytest_plugins = ("server_fixtures",)

OpenStore = Callable[[], Store]

STOCK = {"PEAR": 5, "APPLE": 3}


@pytest.fixture
def store(open_another: OpenStore) -> Store:
    """A store with one run of two products."""
    store = open_another()
    assert store.create("run", STOCK)
    return store


def sell(batch: Batch, sku: str, order_id: str) -> None:
    row = batch.rows[sku]
    left = row.on_hand - 1
    sold = row._replace(on_hand=left, lowest=left, sold=row.sold + 1)
    batch.write([sold], {order_id: b"sold"})


def on_hand(store: Store, run: str = "run") -> dict[str, int]:
    return {row.sku: row.on_hand for row in store.rows(run)}


def test_a_new_run_has_the_stock_that_it_was_made_with(store: Store) -> None:
    assert [tuple(row) for row in store.rows("run")] == [
        ("APPLE", 3, 0, 0, 3, 3, 0, 0, 0),
        ("PEAR", 5, 0, 0, 5, 5, 0, 0, 0),
    ]
    assert list(store.outcomes("run")) == []


def test_a_committed_batch_is_seen_by_whoever_opens_the_store(
    store: Store, open_another: OpenStore
) -> None:
    with store.batch("run", ["APPLE"], ["web-1"]) as batch:
        row = batch.rows["APPLE"]
        changed = row._replace(on_hand=9, reserved=2, lowest=1, sold=2, returned=3, restocked=5)
        batch.write([changed], {"web-1": b"outcome \x00\xff"})
    other = open_another()
    assert other.rows("run")[0] == changed._replace(version=1)
    assert list(other.outcomes("run")) == [("web-1", b"outcome \x00\xff")]
    assert on_hand(other)["PEAR"] == 5


def test_a_batch_that_raises_leaves_nothing_behind(store: Store) -> None:
    def fail_after_writing() -> None:
        with store.batch("run", ["APPLE"], ["web-1"]) as batch:
            sell(batch, "APPLE", "web-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert on_hand(store) == STOCK
    assert list(store.outcomes("run")) == []


def test_an_order_that_comes_again_is_known_with_its_outcome(store: Store) -> None:
    store.commit("run", ["APPLE"], ["web-1"], lambda batch: sell(batch, "APPLE", "web-1"))
    with store.batch("run", ["APPLE"], ["web-1", "web-2"]) as batch:
        assert batch.applied == {"web-1": b"sold"}


def test_a_row_that_somebody_else_wrote_is_not_overwritten(store: Store) -> None:
    with store.batch("run", ["APPLE"], []) as batch:
        old = batch.rows["APPLE"]
        batch.write([old._replace(on_hand=2)], {})
    with pytest.raises(Fenced), store.batch("run", ["APPLE", "PEAR"], ["web-1"]) as batch:
        batch.write([batch.rows["PEAR"]._replace(on_hand=0), old], {"web-1": b"sold"})
    assert on_hand(store) == {"APPLE": 2, "PEAR": 5}
    assert list(store.outcomes("run")) == []


def test_an_order_has_one_outcome(store: Store) -> None:
    store.commit("run", ["APPLE"], ["web-1"], lambda batch: sell(batch, "APPLE", "web-1"))
    with pytest.raises(Fenced), store.batch("run", ["PEAR"], ["web-1"]) as batch:
        batch.write([batch.rows["PEAR"]._replace(on_hand=4)], {"web-0": b"sold", "web-1": b"again"})
    assert on_hand(store) == {"APPLE": 2, "PEAR": 5}
    assert list(store.outcomes("run")) == [("web-1", b"sold")]


def test_an_order_may_end_without_changing_stock(store: Store) -> None:
    with store.batch("run", [], ["web-1"]) as batch:
        assert batch.rows == {}
        batch.write([], {"web-1": b"rejected"})
    assert list(store.outcomes("run")) == [("web-1", b"rejected")]


def test_a_product_that_the_run_lacks_has_no_row(store: Store) -> None:
    with store.batch("run", ["APPLE", "PLUM"], []) as batch:
        assert set(batch.rows) == {"APPLE"}


def test_a_run_goes_on_when_it_is_made_again(store: Store, open_another: OpenStore) -> None:
    store.commit("run", ["APPLE"], ["web-1"], lambda batch: sell(batch, "APPLE", "web-1"))
    assert not open_another().create("run", dict(reversed(STOCK.items())))
    assert on_hand(store) == {"APPLE": 2, "PEAR": 5}


@pytest.mark.parametrize(
    "stock", [{"PEAR": 5}, {"PEAR": 5, "APPLE": 4}, {"PEAR": 5, "APPLE": 3, "PLUM": 0}]
)
def test_a_run_does_not_go_on_with_another_scenarios_stock(
    store: Store, stock: dict[str, int]
) -> None:
    with pytest.raises(RunDiffers, match="other products or other stock"):
        store.create("run", stock)
    assert on_hand(store) == STOCK


def test_runs_do_not_see_each_other(store: Store) -> None:
    assert store.create("other", {"APPLE": 1})
    store.commit("other", ["APPLE"], ["web-1"], lambda batch: sell(batch, "APPLE", "web-1"))
    assert on_hand(store) == STOCK
    with store.batch("run", ["APPLE"], ["web-1"]) as batch:
        assert batch.applied == {}
    store.forget("other")
    assert on_hand(store) == STOCK
    assert store.create("other", {"APPLE": 7})
    assert list(store.outcomes("other")) == []


def test_a_run_that_is_not_there_is_said_to_be_missing(store: Store) -> None:
    for read in (store.rows, lambda run: store.commit(run, ["APPLE"], [], lambda _: None)):
        with pytest.raises(UnknownRun, match="no run 'nowhere': give workers the same --store"):
            read("nowhere")
    store.forget("nowhere")


def test_outcomes_come_in_order_however_many_there_are(store: Store) -> None:
    many = {f"web-{number:05}": b"%d" % number for number in range(2 * PAGE + 1)}
    store.commit("run", [], many, lambda batch: batch.write([], many))
    assert list(store.outcomes("run")) == list(many.items())


@pytest.mark.parametrize("name", ["É", "it's; --", "%s", "?", '"', "\\", "🍐" * 200, "a b", "NULL"])
def test_names_are_kept_as_they_are(store: Store, name: str) -> None:
    assert store.create(name, {name: 1, "z" + name: 2})
    store.commit(name, [name], [name], lambda batch: sell(batch, name, name))
    assert on_hand(store, name) == {name: 0, "z" + name: 2}
    assert list(store.outcomes(name)) == [(name, b"sold")]


def test_rows_are_in_the_order_in_which_they_are_locked(store: Store) -> None:
    skus = ["b", "B", "ä", "z", "Z", "10", "9", "_", "🍐"]
    store.create("many", dict.fromkeys(skus, 1))
    assert [row.sku for row in store.rows("many")] == sorted(skus)
    with store.batch("many", skus, []) as batch:
        assert list(batch.rows) == sorted(skus)


def test_a_batch_is_played_again_until_it_is_not_undone(store: Store) -> None:
    undone: list[int] = []

    def play(batch: Batch) -> str:
        sell(batch, "APPLE", "web-1")
        if len(undone) < 3:
            undone.append(batch.rows["APPLE"].on_hand)
            raise BatchUndone("the connection was lost")
        return "done"

    assert store.commit("run", ["APPLE"], ["web-1"], play) == "done"
    assert undone == [3, 3, 3]
    assert on_hand(store)["APPLE"] == 2


def test_trying_again_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("actors.stores.store.time.sleep", pauses.append)

    def never() -> None:
        raise Fenced("again")

    with pytest.raises(Fenced):
        again(never)
    assert len(pauses) == TRIES - 1
    assert max(pauses) <= 0.5
