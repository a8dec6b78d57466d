"""Classes for the compiler: which of them may be extended by code that is not compiled.

mypyc makes every class final to interpreted code unless its source says otherwise. What a user may
subclass, the actors, strategies and runtimes, should not have to say so: on the copy that is
compiled, every class that extends another, or is extended somewhere in the package, is marked.

A mark takes the place of the empty line before its class, so that line numbers in tracebacks stay
those of the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

__all__ = ["extended_classes", "make_extensible"]

FUTURE: Final = "from __future__ import annotations"
IMPORT: Final = f"{FUTURE}; from mypy_extensions import mypyc_attr as _mypyc_attr"
MARK: Final = "@_mypyc_attr(allow_interpreted_subclasses=True)"

# Bases that make no class one that is meant to be extended.
PLAIN: Final = {"Exception", "ValueError", "BaseException", "NamedTuple", "Protocol", "Generic"}
STRUCTS: Final = {"Struct", "Message"}


def extended_classes(sources: Iterable[Path]) -> frozenset[str]:
    """The names of all classes that another class in these files extends."""
    bases: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases |= _bases(node)
    return frozenset(bases)


def make_extensible(source: Path, extended: frozenset[str]) -> None:
    """Mark the classes in a file that may be extended, in place."""
    text = source.read_text("utf-8")
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and not node.decorator_list:
            bases = _bases(node)
            if not bases & STRUCTS and (bases - PLAIN or node.name in extended):
                lines[node.lineno - 2] = MARK
    source.write_text("\n".join(lines).replace(FUTURE, IMPORT, 1), "utf-8")


def _bases(node: ast.ClassDef) -> set[str]:
    """The last words of the bases: `Actor` for `Actor[Place]` and for `runtime.Actor`."""
    names = set()
    for base in node.bases:
        bare = base.value if isinstance(base, ast.Subscript) else base
        names.add(bare.attr if isinstance(bare, ast.Attribute) else ast.unparse(bare))
    return names
