"""The text of a scenario file: read, decoded, and refused where it is none."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Final

from actors.scenario.document.mistakes import Mistake, Unreadable
from actors.scenario.document.source import Place, Source

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_characters", "decode", "read_bytes"]

MAX_BYTES: Final = 1024**2

_NOT_TEXT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # what YAML calls not printable


def read_bytes(path: Path) -> bytes:
    """A scenario file's bytes, if it is a file of decent size.

    Raises:
        Unreadable: it is missing, no regular file, too big, or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(path, "does not exist") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, f"cannot be read: {error}") from None
    if not stat.S_ISREG(mode):
        what = "a folder: name a scenario in it" if stat.S_ISDIR(mode) else "not a regular file"
        raise _unreadable(path, f"is {what}")
    if len(content) > MAX_BYTES:
        raise _unreadable(path, f"is over {MAX_BYTES // 1024**2} MiB: a scenario is smaller")
    return content


def decode(label: str, content: bytes) -> Source:
    """The text of those bytes.

    Raises:
        Unreadable: they are not UTF-8, located at the first bad byte.
    """
    try:
        return Source(label, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        byte = error.object[error.start]
        message = f"the byte 0x{byte:02x} is not UTF-8: save the file as UTF-8 text"
        source = Source(label, before)
        raise Unreadable(Mistake(Place(source, len(before), len(before)), message)) from None


def check_characters(source: Source) -> None:
    """Refuse what no text holds.

    Raises:
        Unreadable: there is a control character or half of a surrogate pair.
    """
    found = _NOT_TEXT.search(source.text)
    if found is not None:
        message = f"the character U+{ord(found[0]):04X} cannot stand in a scenario"
        raise Unreadable(Mistake(Place(source, *found.span()), message))


def _unreadable(path: Path, message: str) -> Unreadable:
    return Unreadable(Mistake(None, f"{str(path)!r} {message}"))
