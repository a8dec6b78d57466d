from __future__ import annotations

import msgspec
import pytest

from actors.messages import Halt, Line, Message, Order, Settle


def test_the_order_is_the_json_that_the_design_shows() -> None:
    order = Order(id="web-17-42", client="web-17", placed_at=12.345, lines=(Line("PHONE-X", 2),))
    assert msgspec.json.encode(order) == (
        b'{"id":"web-17-42","client":"web-17","kind":"sale","placed_at":12.345,"priority":0,'
        b'"lines":[{"sku":"PHONE-X","quantity":2}]}'
    )


@pytest.mark.parametrize("message", [Halt(), Settle("web-1", 1, commit=True)])
def test_a_message_cannot_be_changed(message: Message) -> None:
    with pytest.raises(AttributeError):
        message.order_id = "web-2"  # type: ignore[attr-defined]
