"""YAML → a tree that knows where everything stood; limits hold before anything is built.

The tree is made from the parser's events, one at a time, because composing is what recurses:
libyaml's own composer crashes the process at deep nesting, and needs quadratic time on the way.
Reading stops at the first event beyond a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from actors.scenario.document.file_text import check_characters
from actors.scenario.document.mistakes import Mistake, Unreadable, quote
from actors.scenario.document.nodes import Entry, MappingNode, Node, Scalar, SequenceNode
from actors.scenario.document.source import Place, Source
from actors.scenario.document.traps import syntax_hint

__all__ = ["compose"]

MAX_DEPTH: Final = 32
MAX_NODES: Final = 100_000
TOO_DEEP: Final = f"nested more than {MAX_DEPTH} levels deep"

# libyaml looks up to 1,024 characters ahead of the events, and newer builds of it have a limit of
# their own that brackets without end meet before the first event does.
_TOO_DEEP_TO_SCAN: Final = "exceeded maximum nesting depth"

# Where PyYAML was built without libyaml: stricter about tabs, and far slower.
_LOADER: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(eq=False, slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: yaml.CollectionStartEvent
    children: list[Node] = field(default_factory=list)


def compose(source: Source, start: int = 0) -> tuple[Node | None, list[Mistake]]:
    """The tree of the source's text from `start` on, with mistakes that left it readable.

    Returns:
        The root (None for an empty text), and duplicate keys, merge keys and tags.

    Raises:
        Unreadable: not YAML, or beyond the limits, or an alias of itself, or two documents.
    """
    check_characters(source)
    composer = _Composer(source, start)
    try:
        for event in _events(source.text[start:]):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, source, start) from None
    return composer.root, composer.mistakes


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


class _Composer:
    """Builds the tree bottom-up from events."""

    def __init__(self, source: Source, start: int) -> None:
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self._source = source
        self._start = start
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}  # None while the anchored node is open
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        """One event more; the most frequent kinds are asked for first."""
        if isinstance(event, yaml.ScalarEvent):
            self._check_tag(event)
            self._finish(event, Scalar(self._place(event), event.value, not event.style))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._check_tag(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = None
            self._open.append(_Open(event))
            self._check_depth(event, 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            collection = self._open.pop()
            self._finish(collection.event, self._close(collection, event))
        elif isinstance(event, yaml.AliasEvent):
            self._add(event, self._aliased(event))
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise self._unreadable(event, "a second document starts here: write one a file")

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        name = str(event.anchor)
        if name not in self._anchors:
            raise self._unreadable(event, f"nothing above is anchored as &{quote(name)[1:-1]}")
        node = self._anchors[name]
        if node is None:
            raise self._unreadable(event, "an alias of something that it is a part of")
        self._check_depth(event, node.height)
        return node

    def _finish(self, event: yaml.NodeEvent, node: Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._add(event, node)

    def _add(self, event: yaml.NodeEvent, node: Node) -> None:
        self._nodes += node.size if isinstance(event, yaml.AliasEvent) else 1
        if self._nodes > MAX_NODES:
            raise self._unreadable(event, f"over {MAX_NODES:,} keys and values, aliases counted")
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _close(self, collection: _Open, end: yaml.Event) -> Node:
        children = collection.children
        place = Place(self._source, self._place(collection.event).start, self._place(end).end)
        size = 1 + sum(child.size for child in children)
        height = 1 + max((child.height for child in children), default=0)
        if isinstance(collection.event, yaml.SequenceStartEvent):
            return SequenceNode(place, tuple(children), size=size, height=height)
        entries = self._entries(children)
        return MappingNode(place, entries, size=size, height=height)

    def _entries(self, children: list[Node]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._note(key, "a key must be a single word or text")
            elif key.plain and key.text == "<<":
                self._note(key, "merge keys (<<) are not read: write the entries out")
            elif key.text in entries:
                line, _ = self._source.position(entries[key.text].key.place.start)
                self._note(key, f"duplicate key {quote(key.text)}: it stands in line {line} too")
            else:
                entries[key.text] = Entry(key, value)
        return entries

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            place = self._place(event)
            self.mistakes.append(Mistake(place, "tags (!) are not read: a scenario is plain data"))

    def _check_depth(self, event: yaml.Event, below: int) -> None:
        if len(self._open) + below > MAX_DEPTH:
            raise self._unreadable(event, TOO_DEEP)

    def _note(self, node: Node, message: str) -> None:
        self.mistakes.append(Mistake(node.place, message))

    def _unreadable(self, event: yaml.Event, message: str) -> Unreadable:
        return Unreadable(Mistake(self._place(event), message))

    def _place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:  # only in events that no parser made
            return Place(self._source, self._start, self._start)
        return Place(self._source, self._start + start.index, self._start + end.index)


def _syntax_error(error: yaml.MarkedYAMLError, source: Source, start: int) -> Unreadable:
    mark, before = error.problem_mark, error.context_mark
    at = min(start + mark.index, len(source.text)) if mark is not None else start
    if error.problem == _TOO_DEEP_TO_SCAN:
        return Unreadable(Mistake(Place(source, at, at + 1), TOO_DEEP))
    message = f"not YAML: {error.problem}"
    if error.context and before is not None and source.numbered:
        line, _ = source.position(start + before.index)
        message += f" ({error.context} that starts in line {line})"
    hint = syntax_hint(source.text, at, str(error.problem))
    return Unreadable(Mistake(Place(source, at, at + 1), message + hint))
