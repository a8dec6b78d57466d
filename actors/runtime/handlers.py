"""From a message's class to the method that handles it.

@receives(Place)
def place(self, place: Place) -> None: ...

A table is made once for each class of actors, and looked into for each message: by the message's
exact class, so that a subclass of a message is another message.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, Generic, TypeVar, cast, overload

__all__ = ["Handle", "HandlerTable", "receives", "table_of"]

Handle = Callable[[Any, Any], object]  # called with the actor and the message

Owner = TypeVar("Owner")
Kind = TypeVar("Kind")
Other = TypeVar("Other")
Third = TypeVar("Third")
Returned = TypeVar("Returned")


class Handler(Generic[Owner, Kind, Returned]):
    """A method with the classes of messages that it is for; called as any other method is.

    It stands beside the function because a compiled function has no room for a mark.
    """

    def __init__(
        self, function: Callable[[Owner, Kind], Returned], kinds: tuple[type, ...]
    ) -> None:
        self.function = function
        self.kinds = kinds
        self.__doc__ = function.__doc__

    def also(self, kinds: tuple[type, ...]) -> Handler[Owner, Kind, Returned]:
        """The same method, for more kinds."""
        return Handler(self.function, (*self.kinds, *kinds))

    def __get__(self, actor: Owner | None, owner: type) -> Callable[..., Returned]:
        return self.function if actor is None else MethodType(self.function, actor)


@overload
def receives(
    kind: type[Kind], /
) -> Callable[[Callable[[Owner, Kind], Returned]], Callable[[Owner, Kind], Returned]]: ...
@overload
def receives(
    kind: type[Kind], other: type[Other], /
) -> Callable[
    [Callable[[Owner, Kind | Other], Returned]], Callable[[Owner, Kind | Other], Returned]
]: ...
@overload
def receives(
    kind: type[Kind], other: type[Other], third: type[Third], /
) -> Callable[
    [Callable[[Owner, Kind | Other | Third], Returned]],
    Callable[[Owner, Kind | Other | Third], Returned],
]: ...
def receives(*kinds: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method as the handler of messages of exactly these classes."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        marked: object = function
        if isinstance(marked, Handler):
            return cast("Callable[..., Any]", marked.also(kinds))
        # To a type checker the method stays the method that it is.
        return cast("Callable[..., Any]", Handler(function, kinds))

    return mark


class HandlerTable(dict[type, Handle]):
    """From a message's class to the function that handles it; `default` for all others."""

    def __init__(self, default: Handle) -> None:
        super().__init__()
        self.default = default

    def __missing__(self, kind: type) -> Handle:
        return self.default


def table_of(owner: type, default: Handle) -> HandlerTable:
    """The handlers of a class: by method *name*, so that an override keeps its mark."""
    table = HandlerTable(default)
    for base in reversed(owner.__mro__):
        for name, method in vars(base).items():
            if isinstance(method, Handler):
                for kind in method.kinds:
                    table[kind] = getattr(owner, name)
    return table
