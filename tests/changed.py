"""A message with other fields, whether messages are structs or, compiled, are none."""

from __future__ import annotations

from typing import TypeVar

from actors.messages import Message

__all__ = ["changed"]

T = TypeVar("T", bound=Message)


def changed(message: T, **changes: object) -> T:
    """The same message but for these fields."""
    kind = type(message)
    names = kind.__struct_fields__
    assert set(changes) <= set(names)
    return kind(*(changes.get(name, getattr(message, name)) for name in names))
