"""Consumes queues, each on a channel of its own, and acknowledges when told to.

A channel of its own lets a queue be given up in one step: closing it puts what is unacknowledged
back in its old place *before* the next consumer is served. Cancelling alone would serve the
next one with later messages first.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from actors.rabbitmq.both.link import Link, Note

if TYPE_CHECKING:
    from pika.adapters.select_connection import SelectConnection
    from pika.channel import Channel
    from pika.spec import Basic, BasicProperties

__all__ = ["Consumer", "Handed", "Source"]


class Source(NamedTuple):
    """A queue to consume.

    Attributes:
        queue: its name; empty: one of our own, for the fanout exchange `fanout`.
        prefetch: messages that may be unacknowledged at once.
        exclusive: nobody else may consume it.
        again_s: when the broker refuses or ends it, seconds until the next try.
    """

    queue: str
    prefetch: int
    exclusive: bool = False
    fanout: str = ""
    again_s: float = 1.0


class Handed(NamedTuple):
    """A message, and what it takes to give it back."""

    source: Source
    channel: Channel
    tag: int
    body: bytes
    redelivered: bool
    headers: Mapping[str, object]


class Consumer:
    """One connection for consuming.

    Args:
        url: the broker's.
        handed: called on the link's thread with every message.
        withdrawn: called there with a channel that is gone: what came by it and is not
            acknowledged, the broker has again.
        note: hears of queues that the broker refuses or ends. What becomes of the connection
            is the publisher's to tell: whoever consumes has one, and they go together.
        sources: what is consumed from the start.
    """

    def __init__(
        self,
        url: str,
        handed: Callable[[Handed], None],
        withdrawn: Callable[[Channel], None],
        note: Note,
        sources: Iterable[Source] = (),
    ) -> None:
        self.link = Link(url, self._opened, self._lost, lambda _kind, _words: None)
        self._handed = handed
        self._withdrawn = withdrawn
        self._note = note
        # What follows belongs to the link's thread.
        self._connection: SelectConnection | None = None
        self._wanted = {source.queue or source.fanout: source for source in sources}
        self._channels: dict[str, Channel] = {}

    def acknowledge(self, channel: Channel, tags: Sequence[int], *, older: bool = False) -> None:
        """Say that messages, with `older` all before them too, are dealt with; from any thread."""
        self.link.call(_acknowledge, channel, tags, older)

    # On the link's thread.

    def want(self, source: Source) -> None:
        """Consume a queue from now on, whatever becomes of the connection."""
        name = source.queue or source.fanout
        self._wanted[name] = source
        if name not in self._channels:
            self._open(name)

    def give_up(self, queue: str) -> None:
        """Consume it no more: what is unacknowledged goes back at once."""
        self._wanted.pop(queue, None)
        channel = self._channels.pop(queue, None)
        if channel is not None:
            if channel.is_open:
                channel.close()
            self._withdrawn(channel)

    def _opened(self, connection: SelectConnection) -> None:
        self._connection = connection
        for name in self._wanted:
            self._open(name)

    def _lost(self) -> None:
        self._connection = None
        channels, self._channels = self._channels, {}
        for channel in channels.values():
            self._withdrawn(channel)

    def _open(self, name: str) -> None:
        connection = self._connection
        if connection is not None and connection.is_open and name not in self._channels:
            opened = partial(self._channel_opened, name)
            self._channels[name] = connection.channel(on_open_callback=opened)

    def _channel_opened(self, name: str, channel: Channel) -> None:
        source = self._wanted.get(name)
        if source is None or self._channels.get(name) is not channel:
            channel.close()
            return
        channel.add_on_close_callback(partial(self._channel_closed, name))
        channel.add_on_cancel_callback(lambda _frame: channel.close())
        channel.basic_qos(prefetch_count=source.prefetch)
        queue = source.queue
        if source.fanout:
            # Named by us, so that every command can be sent without waiting for an answer.
            queue = f"{source.fanout}.{secrets.token_hex(8)}"
            channel.exchange_declare(source.fanout, "fanout", durable=True)
            channel.queue_declare(queue, exclusive=True, auto_delete=True)
            channel.queue_bind(queue, source.fanout)
        channel.basic_consume(queue, partial(self._on_message, source), exclusive=source.exclusive)

    def _channel_closed(self, name: str, channel: Channel, reason: Exception) -> None:
        if self._channels.get(name) is not channel:
            return  # given up, or the whole connection is gone
        del self._channels[name]
        self._withdrawn(channel)
        if channel.connection.is_open and name in self._wanted:
            self._note("lost", f"{name}: {reason}")
            self.link.later(self._wanted[name].again_s, partial(self._open_again, name))

    def _open_again(self, name: str) -> None:
        if name in self._wanted:
            self._open(name)

    def _on_message(
        self,
        source: Source,
        channel: Channel,
        delivery: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        if self._channels.get(source.queue or source.fanout) is not channel:
            return  # given up: it is on its way back to the broker
        tag, again = delivery.delivery_tag or 0, bool(delivery.redelivered)
        headers = properties.headers or {}
        self._handed(Handed(source, channel, tag, body, again, headers))


def _acknowledge(channel: Channel, tags: Sequence[int], older: bool) -> None:  # noqa: FBT001 — see `acknowledge`
    if channel.is_open:  # a closed one has given them back already
        for tag in tags:
            channel.basic_ack(tag, multiple=older)
