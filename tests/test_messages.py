from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors import messages
from actors.messages import (
    KINDS,
    REASONS,
    Add,
    Answer,
    Begin,
    Done,
    Due,
    Duplicate,
    GiveUp,
    Halt,
    Handled,
    Line,
    Luck,
    Message,
    Order,
    Outcome,
    Place,
    Processed,
    Refused,
    Reserve,
    Serve,
    Served,
    Settle,
    Turns,
)
from actors.messages_json import decode, encode

names = st.text(max_size=20)
whole = st.integers(-(2**63), 2**63 - 1)
times = st.floats(allow_nan=False, allow_infinity=False)
kinds = st.sampled_from(KINDS)
reasons = st.sampled_from(REASONS)
statuses = st.sampled_from(("fulfilled", "partial", "rejected"))
fulfilments = st.sampled_from(("all_or_nothing", "partial", "backorder"))
flags = st.booleans()
lines = st.lists(st.builds(Line, names, whole), max_size=3).map(tuple)
orders = st.builds(
    Order, id=names, client=names, kind=kinds, placed_at=times, priority=whole, lines=lines
)
numbers = st.floats(0, 1, exclude_max=True)
lucks = st.builds(Luck, numbers, numbers, numbers)
places = st.builds(Place, names, st.binary(max_size=40), times, names, names, names, flags, lucks)
serves = st.builds(Serve, orders, places, flags, whole)
every_message: dict[type[Message], st.SearchStrategy[Message]] = {
    **{kind: st.just(kind()) for kind in (Begin, Due, Served, Handled, Halt, GiveUp)},
    Luck: lucks,
    Place: places,
    Serve: serves,
    Reserve: st.builds(Reserve, names, whole, whole, whole, fulfilments, flags, names, numbers),
    Add: st.builds(Add, names, whole, whole, whole, kinds, names, numbers),
    Answer: st.builds(Answer, names, whole, whole, names, whole, flags, flags),
    Settle: st.builds(Settle, names, whole, flags),
    Outcome: st.builds(Outcome, names, statuses, st.none() | reasons),
    Done: st.builds(
        Done, names, flags, st.none() | names, st.none() | statuses, st.none() | reasons
    ),
    Processed: st.builds(
        Processed,
        serves,
        names,
        times,
        times,
        times,
        statuses,
        st.none() | reasons,
        st.lists(names, max_size=3).map(tuple),
        st.lists(whole, max_size=3).map(tuple),
    ),
    Refused: st.builds(Refused, places, st.none() | orders, times, reasons, names),
    Duplicate: st.builds(Duplicate, places),
    Turns: st.builds(Turns, st.lists(st.tuples(times, names), max_size=3).map(tuple)),
}


@given(st.one_of(*every_message.values()))
def test_a_message_comes_back_from_json_as_it_was(message: Message) -> None:
    assert decode(encode(message)) == message


def test_every_message_of_the_module_travels() -> None:
    with_fields = {
        name
        for name in messages.__all__
        if isinstance(found := getattr(messages, name), type)
        and hasattr(found, "__struct_fields__")
    }
    assert with_fields - {"Message", "Order", "Line"} == {kind.__name__ for kind in every_message}


def test_the_json_says_which_message_it_is() -> None:
    assert encode(Settle("web-1", 1, commit=True)) == (
        b'{"type":"Settle","order_id":"web-1","attempt":1,"commit":true}'
    )


def test_the_order_is_the_json_that_the_design_shows() -> None:
    order = Order(id="web-17-42", client="web-17", placed_at=12.345, lines=(Line("PHONE-X", 2),))
    assert msgspec.json.encode(order) == (
        b'{"id":"web-17-42","client":"web-17","kind":"sale","placed_at":12.345,"priority":0,'
        b'"lines":[{"sku":"PHONE-X","quantity":2}]}'
    )


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b'{"type":"Nobody"}',
        b'{"type":"Settle","order_id":"web-1","attempt":1}',
        b'{"type":"Settle","order_id":"web-1","attempt":"1","commit":true}',
    ],
)
def test_what_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(text)


@pytest.mark.parametrize("message", [Halt(), Settle("web-1", 1, commit=True)])
def test_a_message_cannot_be_changed(message: Message) -> None:
    with pytest.raises(AttributeError):
        message.order_id = "web-2"  # type: ignore[attr-defined]
