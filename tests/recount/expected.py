"""What a recount expects of a document, and where the document differs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

__all__ = ["Between", "differences", "leaves", "matches"]

ROUNDING: Final = 1e-9  # relative and absolute: of sums in another order, of nothing else

Path = tuple[str, ...]


class Between(NamedTuple):
    """A figure that records confine and do not tell."""

    least: float
    most: float
    or_none: bool = False


def differences(expected: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """Every figure that is not as expected, under its path."""
    there = dict(leaves(document))
    found = []
    for path, value in leaves(expected):
        name = ".".join(path)
        if isinstance(value, Counter):
            inside = {p[-1]: v for p, v in there.items() if p[:-1] == path}
            if inside != dict(value):
                found.append(f"{name} is {inside}, recounted {dict(value)}")
        elif path not in there:
            found.append(f"{name} is not there, recounted {value!r}")
        elif not matches(value, there[path]):
            found.append(f"{name} is {there[path]!r}, recounted {value!r}")
    return found


def matches(expected: object, actual: object) -> bool:
    """Whether a figure is as expected: counts exactly, others but for rounding."""
    if isinstance(expected, Between):
        return _within(expected, actual)
    if isinstance(expected, float) and isinstance(actual, int | float):
        return math.isclose(actual, expected, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return actual == expected


def _within(limits: Between, actual: object) -> bool:
    if actual is None:
        return limits.or_none
    if not isinstance(actual, int | float):
        return False
    slack = ROUNDING * max(1.0, abs(actual))
    return limits.least - slack <= actual <= limits.most + slack


def leaves(node: object, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values in a document with the keys that lead to them; lists are keyed by number."""
    if isinstance(node, Mapping) and not isinstance(node, Counter):
        for key, value in node.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(node, Sequence) and not isinstance(node, str | Between):
        for number, value in enumerate(node):
            yield from leaves(value, (*path, str(number)))
    else:
        yield path, node
