"""Gives each problem that validation found its place in the text, and a hint where one is known."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from actors.scenario.document.mistakes import Mistake
from actors.scenario.document.nodes import Entry, MappingNode, Node, Scalar, SequenceNode
from actors.scenario.document.traps import key_hint, value_hint
from actors.scenario.nearest import did_you_mean
from actors.scenario.schema import keys_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from actors.scenario.document.source import Place
    from actors.scenario.problems import Path, Problem

__all__ = ["explain"]


def explain(problems: Sequence[Problem], root: MappingNode) -> Iterator[Mistake]:
    """A mistake for each problem, except keys that are missing only because they are misspelt."""
    unknown: dict[Path, list[str]] = defaultdict(list)
    for problem in problems:
        if problem.kind == "unknown":
            unknown[problem.path[:-1]].append(str(problem.path[-1]))
    for problem in problems:
        *parent, key = problem.path or ("",)
        if problem.kind == "missing" and _misspelt(str(key), unknown[tuple(parent)]):
            continue
        yield _mistake(problem, root)


def _misspelt(key: str, written: Sequence[str]) -> bool:
    return any(did_you_mean(word, [key]) for word in written)


def _mistake(problem: Problem, root: MappingNode) -> Mistake:
    if problem.kind == "missing":
        return Mistake(_place(problem.path[:-1], root, of_key=True), problem.message)
    if problem.kind == "unknown":
        return _unknown_key(problem, root)
    path, of_key = problem.path, False
    if path[-1:] == ("[key]",):
        path, of_key = path[:-1], True
    entry, value = _find(path, root)
    place = _place(path, root, of_key=of_key)
    hint = ""
    if isinstance(value, Scalar) and not of_key:
        if value.empty and entry is not None:
            nothing = "; nothing follows this key" if problem.kind == "shape" else ""
            hint = key_hint(entry.key.text, empty=True) or nothing
        elif problem.kind == "shape":
            hint = value_hint(value.text)
    return Mistake(place, problem.message + hint, problem.word, problem.known)


def _unknown_key(problem: Problem, root: MappingNode) -> Mistake:
    key = str(problem.path[-1])
    _, value = _find(problem.path, root)
    place = _place(problem.path, root, of_key=True)
    hint = key_hint(key, empty=isinstance(value, Scalar) and value.empty)
    if hint:
        return Mistake(place, problem.message + hint)
    return Mistake(place, problem.message, key, keys_at(problem.path[:-1]) or ())


def _find(path: Path, root: Node) -> tuple[Entry | None, Node]:
    """The last entry on the path, and the node as far down as the path can be followed."""
    entry, node = None, root
    for step in path:
        if isinstance(node, MappingNode) and str(step) in node.entries:
            entry = node.entries[str(step)]
            node = entry.value
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            entry, node = None, node.items[step]
        else:
            break
    return entry, node


def _place(path: Path, root: MappingNode, *, of_key: bool) -> Place:
    """The value at the path, or its key: where asked for, and where there is no value to see."""
    entry, node = _find(path, root)
    invisible = isinstance(node, MappingNode) or node.place.start == node.place.end
    if entry is not None and (of_key or invisible):
        return entry.key.place
    if node is root and root.entries:
        return next(iter(root.entries.values())).key.place
    return node.place
