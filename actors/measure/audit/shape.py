"""Whether what is said of an order's end fits together, line by line."""

from __future__ import annotations

from actors.messages import Order, Processed
from actors.vocabulary.outcomes import Fulfilment

__all__ = ["misshapen"]


def misshapen(done: Processed, fulfilment: Fulfilment) -> str | None:
    """What does not fit in how an order ended, in words; None where all does.

    Of each line between none and all units are filled. A fulfilled order has all of them, a
    rejected one none, and a partial one, which only `partial` allows, something between, with
    every product that is missing named as short. A delivery cut off by a crash may be partial too.
    """
    order = done.serve.order
    if len(done.filled) != len(order.lines):
        return f"has {len(order.lines)} lines and tells of {len(done.filled)}"
    for line, filled in zip(order.lines, done.filled, strict=True):
        if not 0 <= filled <= line.quantity:
            return f"got {filled} of {line.quantity} × {line.sku}"
    got, wanted = sum(done.filled), sum([line.quantity for line in order.lines])
    if done.status == "fulfilled":
        return _fulfilled(done, got, wanted)
    if done.status == "rejected":
        return _rejected(done, order, got)
    return _partial(done, order, fulfilment, got, wanted)


def _fulfilled(done: Processed, got: int, wanted: int) -> str | None:
    if got != wanted:
        return f"is fulfilled with {got} of {wanted} units"
    if done.reason is not None or done.short:
        return "is fulfilled and has a reason not to be"
    return None


def _rejected(done: Processed, order: Order, got: int) -> str | None:
    if got:
        return f"is rejected and got {got} units"
    if done.reason == "failed":
        return None
    if done.reason != "out_of_stock":
        return f"was rejected as {done.reason} by a processor"
    if order.kind != "sale":
        return f"is a {order.kind} and out of stock"
    skus = {line.sku for line in order.lines}
    if not done.short or not skus.issuperset(done.short):
        return "is out of stock, of none of its products"
    return None


def _partial(
    done: Processed, order: Order, fulfilment: Fulfilment, got: int, wanted: int
) -> str | None:
    if not 0 < got < wanted:
        return f"is partial with {got} of {wanted} units"
    if order.kind != "sale":
        return None
    if fulfilment != "partial":
        return f"is partial under {fulfilment}"
    if done.reason is not None:
        return f"is partial and {done.reason}"
    missing = {
        line.sku
        for line, filled in zip(order.lines, done.filled, strict=True)
        if filled < line.quantity
    }
    return None if missing == set(done.short) else "is short of other products than it says"
