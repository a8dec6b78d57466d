"""Any message as JSON, tagged with its class's name, and back.

msgspec reads and writes structs. Where messages are compiled they are none, and go through the
structs that their source describes.
"""

from __future__ import annotations

import sys
from functools import reduce
from importlib.util import module_from_spec, spec_from_file_location
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from actors import messages
from actors.structs import Message

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["decode", "encode"]


def _as_written() -> ModuleType:
    """The messages as structs: the module itself, or its source beside its compiled twin."""
    if issubclass(messages.Place, msgspec.Struct):
        return messages
    source = Path(__file__).with_name("messages.py")
    spec = spec_from_file_location("actors.messages_as_written", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"{source} cannot be read")
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_written: Final = _as_written()
_kinds: Final[list[type[Message]]] = [
    kind
    for kind in (getattr(_written, name) for name in messages.__all__)
    if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
]


def _struct_of(message: object) -> Message:
    kind: type[Message] = getattr(_written, type(message).__name__)
    return kind(*(getattr(message, field) for field in kind.__struct_fields__))


def _message_of(value: object) -> object:
    if not isinstance(value, Message):
        return value
    kind: type[Message] = getattr(messages, type(value).__name__)
    if kind is type(value):
        return value
    return kind(*(_message_of(getattr(value, field)) for field in value.__struct_fields__))


_encoder: Final = msgspec.json.Encoder(enc_hook=_struct_of)
_decoder: Final = msgspec.json.Decoder(reduce(or_, _kinds))


def encode(message: Message) -> bytes:
    """The message as JSON, tagged with its class's name."""
    return _encoder.encode(message)


def decode(text: bytes) -> Message:
    """The message that `encode` wrote.

    Raises:
        msgspec.DecodeError: the text is not JSON, or not one of these messages.
    """
    return cast("Message", _message_of(_decoder.decode(text)))
