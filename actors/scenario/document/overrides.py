"""`--set clients.web.phases.peak.rate=400/s`: a scenario with one value changed.

The value is YAML, under the same limits and checks as a file. A key may have dots itself: at
each level the longest key that exists is taken. One product of a range can be set: the range
is split around it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from actors.scenario.document.file_text import check_characters
from actors.scenario.document.mistakes import MAX_QUOTED, Mistake, Unreadable, quote
from actors.scenario.document.nodes import Entry, MappingNode, Scalar
from actors.scenario.document.source import Place, Source
from actors.scenario.document.yaml_nodes import compose
from actors.scenario.names import NameRange, parse_range
from actors.scenario.schema import keys_at

__all__ = ["Override"]

MAX_STEPS: Final = 16


class _Step(NamedTuple):
    """A part of the path, and where it stands."""

    key: str
    place: Place


class Override:
    """One `--set`, read but not yet applied.

    Attributes:
        path: the text before the first equals sign.
        text: the text after it.
        mistakes: what is wrong with the value, but not so that it could not be read.

    Raises:
        Unreadable: it is no KEY=VALUE, or the value is not YAML.
    """

    def __init__(self, written: str) -> None:
        self.path, equals, self.text = written.partition("=")
        shown = self.path if len(self.path) <= MAX_QUOTED else self.path[:MAX_QUOTED] + "…"
        self._source = Source(f"--set {shown}=…" if equals else "--set", written, numbered=False)
        check_characters(self._source)
        self._whole = Place(self._source, 0, len(self.path))
        if not equals or not self.path.strip("."):
            raise self._unreadable("write KEY=VALUE, as in router.queue_limit=500", self._whole)
        self._steps = self._split()
        if len(self._steps) > MAX_STEPS:
            raise self._unreadable(f"a path of more than {MAX_STEPS} keys", self._whole)
        start = len(self.path) + 1
        node, self.mistakes = compose(self._source, start)
        self._value = node or Scalar(Place(self._source, start, len(written)), "", plain=True)

    def applied_to(self, root: MappingNode) -> MappingNode:
        """The scenario with the value set; the one given stays as it was.

        Raises:
            Unreadable: the path leads through something that is not there.
        """
        return self._set(root, self._steps, ())

    def _split(self) -> list[_Step]:
        steps: list[_Step] = []
        at = 0
        for key in self.path.split("."):
            steps.append(_Step(key, Place(self._source, at, at + len(key))))
            at += len(key) + 1
        return steps

    def _set(self, node: MappingNode, steps: list[_Step], path: tuple[str, ...]) -> MappingNode:
        if path == ("products",):
            node = _split_range(node, [_joined(steps, n) for n in range(len(steps), 0, -1)])
        used = next((n for n in range(len(steps), 0, -1) if _joined(steps, n) in node.entries), 1)
        key, rest = _joined(steps, used), steps[used:]
        place = Place(self._source, steps[0].place.start, steps[used - 1].place.end)
        old = node.entries.get(key)
        known = keys_at(path) or node.entries
        if rest and old is None and key not in known:
            message = f"nothing is named {quote(key)} in {'.'.join(path) or 'a scenario'}"
            raise Unreadable(Mistake(place, message, key, known))
        value = self._value
        if rest:
            value = self._set(self._inside(old, place, (*path, key)), rest, (*path, key))
        entry = Entry(Scalar(place, key, plain=True), value)
        return replace(node, entries={**node.entries, key: entry})

    def _inside(self, old: Entry | None, place: Place, path: tuple[str, ...]) -> MappingNode:
        """The mapping to set something in; a new one where the scenario says nothing yet."""
        if old is None:
            return MappingNode(place, {})
        if isinstance(old.value, MappingNode):
            return old.value
        message = f"{'.'.join(path)} is a single value or a list: set it as a whole"
        raise self._unreadable(message, place)

    def _unreadable(self, message: str, place: Place) -> Unreadable:
        return Unreadable(Mistake(place, message))


def _joined(steps: list[_Step], count: int) -> str:
    return ".".join(step.key for step in steps[:count])


def _split_range(products: MappingNode, names: list[str]) -> MappingNode:
    """The products with a key of its own for the first of the names that only a range has."""
    for name in names:
        if name in products.entries:
            return products
        for key, entry in products.entries.items():
            found = _range_of(key)
            number = None if found is None else found.number(name)
            if found is not None and number is not None:
                return replace(products, entries=_around(products, key, entry, found, number))
    return products


def _range_of(key: str) -> NameRange | None:
    try:
        return parse_range(key)
    except ValueError:
        return None  # validation says why


def _around(
    products: MappingNode, key: str, entry: Entry, found: NameRange, number: int
) -> dict[str, Entry]:
    """The entries with one key replaced by those before, of and after the number."""
    parts = [
        str(found._replace(first=first, last=last))
        for first, last in ((found.first, number - 1), (number + 1, found.last))
        if first <= last
    ]
    before = parts[:1] if found.first < number else []
    after = parts[-1:] if number < found.last else []
    entries: dict[str, Entry] = {}
    for old, kept in products.entries.items():
        if old != key:
            entries[old] = kept
            continue
        for part in (*before, found.name(number), *after):
            entries[part] = Entry(replace(entry.key, text=part), entry.value)
    return entries
