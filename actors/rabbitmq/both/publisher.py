"""Publishes so that nothing is lost: what the broker has not confirmed is sent again.

Order is kept for each routing key. A full queue refuses: then its key waits, alone, until the
broker takes the refused message, and the others go on. After a lost connection everything
unconfirmed is sent again, in its order, so a message may arrive twice, never too late.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from actors.rabbitmq.both.link import Link, Note

if TYPE_CHECKING:
    from pika.adapters.select_connection import SelectConnection
    from pika.channel import Channel
    from pika.frame import Method
    from pika.spec import Basic, BasicProperties

__all__ = ["Publisher"]

IN_FLIGHT: Final = 2_000  # messages that the broker has not confirmed yet
PAUSE_S: Final = 0.05  # before a refused message is offered again

Key = tuple[str, str]
Done = Callable[[], None]


class Parcel:
    """A message, from `send` to its confirmation."""

    __slots__ = ("body", "done", "headers", "key", "must", "returned", "serial")

    def __init__(
        self,
        serial: int,
        key: Key,
        body: bytes,
        headers: Mapping[str, str] | None,
        done: Done | None,
        *,
        must: bool,
    ) -> None:
        self.serial = serial
        self.key = key
        self.body = body
        self.headers = headers
        self.done = done
        self.must = must
        self.returned = False  # no queue was bound where it went


class Publisher:
    """One connection for publishing; `send` may be called from any thread.

    Args:
        url: the broker's.
        note: hears of losses and returns of the connection; see `Link`.
    """

    def __init__(self, url: str, note: Note) -> None:
        self.link = Link(url, self._opened, self._lost, note)
        self._serial = itertools.count(1)
        self._inbox: deque[Parcel] = deque()
        self._poked = False
        # What follows belongs to the link's thread.
        self._channel: Channel | None = None
        self._line: deque[Parcel] = deque()
        self._in_flight: dict[int, Parcel] = {}  # by delivery tag, ascending
        self._of_key: Counter[Key] = Counter()  # how many of those in flight
        self._refused: dict[Key, list[Parcel]] = {}  # waiting for room, in order
        self._last_tag = 0
        self.refusals = 0

    def send(
        self,
        exchange: str,
        key: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        done: Done | None = None,
        must: bool = True,
    ) -> None:
        """Publish; `done` is called on the link's thread once the broker has it.

        Without `must`, a message that finds no queue, or a full one, is forgotten: it will be
        told again anyway.
        """
        parcel = Parcel(next(self._serial), (exchange, key), body, headers, done, must=must)
        self._inbox.append(parcel)
        # Said before it is true, because the pump takes it back on another thread.
        if not self._poked:
            self._poked = True
            if not self.link.call(self._pump):
                self._poked = False

    def idle(self) -> bool:
        """Whether everything sent is confirmed."""
        return not (self._inbox or self._line or self._in_flight or self._refused)

    # On the link's thread.

    def _opened(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm)
        self._last_tag = 0
        self._channel = channel
        self._pump()

    def _channel_closed(self, channel: Channel, _reason: Exception) -> None:
        self._lost()
        if channel.connection.is_open:  # the broker closed this channel alone
            channel.connection.channel(on_open_callback=self._channel_opened)

    def _lost(self) -> None:
        """Everything unconfirmed is to be sent again, in the order of its first sending."""
        refused = itertools.chain.from_iterable(self._refused.values())
        again = sorted([*self._in_flight.values(), *refused], key=lambda parcel: parcel.serial)
        self._line.extendleft(reversed(again))
        self._in_flight.clear()
        self._of_key.clear()
        self._refused.clear()
        self._channel = None
        self._poked = False

    def _pump(self) -> None:
        self._poked = False
        while self._inbox:
            self._line.append(self._inbox.popleft())
        if self._channel is None:
            return
        while self._line and len(self._in_flight) < IN_FLIGHT:
            parcel = self._line.popleft()
            waiting = self._refused.get(parcel.key)
            if waiting is not None:
                waiting.append(parcel)
            else:
                self._publish(self._channel, parcel)

    def _publish(self, channel: Channel, parcel: Parcel) -> None:
        from pika.spec import BasicProperties  # noqa: PLC0415 — the extra may be missing

        self._last_tag += 1
        parcel.returned = False
        self._in_flight[self._last_tag] = parcel
        self._of_key[parcel.key] += 1
        exchange, key = parcel.key
        properties = BasicProperties(
            content_type="application/json",
            delivery_mode=2,
            headers=parcel.headers,
            message_id=str(self._last_tag),
        )
        # Not mandatory, an exchange without a fitting queue would swallow it and confirm.
        channel.basic_publish(exchange, key, parcel.body, properties, mandatory=parcel.must)

    def _on_return(
        self, _channel: Channel, _what: Basic.Return, properties: BasicProperties, _body: bytes
    ) -> None:
        parcel = self._in_flight.get(int(properties.message_id or 0))
        if parcel is not None:
            parcel.returned = True

    def _on_confirm(self, frame: Method[Basic.Ack | Basic.Nack]) -> None:
        from pika.spec import Basic  # noqa: PLC0415 — the extra may be missing

        method = frame.method
        taken = isinstance(method, Basic.Ack)
        tag: int = method.delivery_tag
        for parcel in self._confirmed(tag, multiple=method.multiple):
            self._of_key[parcel.key] -= 1
            if (taken and not parcel.returned) or not parcel.must:
                self._taken(parcel)
            else:
                self._refuse(parcel)
        self._pump()

    def _confirmed(self, tag: int, *, multiple: bool) -> list[Parcel]:
        if not multiple:
            parcel = self._in_flight.pop(tag, None)
            return [] if parcel is None else [parcel]
        tags = list(itertools.takewhile(lambda known: known <= tag, self._in_flight))
        return [self._in_flight.pop(known) for known in tags]

    def _taken(self, parcel: Parcel) -> None:
        waiting = self._refused.get(parcel.key)
        if waiting == []:
            del self._refused[parcel.key]
        elif waiting:
            self._offer(parcel.key)
        if parcel.done is not None:
            parcel.done()

    def _refuse(self, parcel: Parcel) -> None:
        """Keep the key's messages in order, and offer the first again in a while."""
        self.refusals += 1
        waiting = self._refused.setdefault(parcel.key, [])
        waiting.append(parcel)
        waiting.sort(key=lambda other: other.serial)
        self.link.later(PAUSE_S, lambda: self._offer(parcel.key))

    def _offer(self, key: Key) -> None:
        """Send the first of those that were refused: one at a time, so that none overtakes."""
        waiting = self._refused.get(key)
        if waiting and self._channel is not None and not self._of_key[key]:
            self._publish(self._channel, waiting.pop(0))
