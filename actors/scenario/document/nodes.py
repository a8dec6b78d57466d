"""The tree that a YAML text is read into: every part knows where it stood.

Scalars keep their source text. What it means depends on the key it stands under, so that `NO`,
`0123` and `12:30` can be names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from actors.scenario.document.scalars import Plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from actors.scenario.document.source import Place

__all__ = ["Entry", "MappingNode", "Node", "Scalar", "SequenceNode", "plain_data"]


@dataclass(eq=False, slots=True)
class Node:
    """A part of the text, never changed once made (frozen classes cost a third of the reading).

    Attributes:
        place: from its first character to its last.
        size: the nodes in it, itself included, aliases as if written out.
        height: the levels in it, itself included.
    """

    place: Place
    size: int = field(default=1, kw_only=True)
    height: int = field(default=1, kw_only=True)


@dataclass(eq=False, slots=True)
class Scalar(Node):
    """A single value; `plain` when it was written without quotes."""

    text: str
    plain: bool

    @property
    def empty(self) -> bool:
        """Nothing, or YAML's ways to write nothing."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(eq=False, slots=True)
class SequenceNode(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(eq=False, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: Node


@dataclass(eq=False, slots=True)
class MappingNode(Node):
    """Keys, in the order written, with their values."""

    entries: Mapping[str, Entry]


def plain_data(node: Node) -> object:
    """What validation reads: dicts, lists and texts, `Plain` where there were no quotes."""
    if isinstance(node, MappingNode):
        return {key: plain_data(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain_data(item) for item in node.items]
    if isinstance(node, Scalar):
        return Plain("" if node.empty else node.text) if node.plain else node.text
    return None
