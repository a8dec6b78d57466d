"""What validation finds: problems at a path of keys, and how pydantic carries them.

Checks return problems; `failure` turns them into the one error that a validator may raise, and
pydantic puts the path of the validated part before theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from actors.scenario.document.mistakes import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic_core import ErrorDetails

__all__ = ["Kind", "Path", "Problem", "failure", "problems_of"]

MAX_PROBLEMS: Final = 1000

Path = tuple[str | int, ...]
Kind = Literal["wrong", "missing", "unknown", "shape"]


@dataclass(frozen=True, eq=False)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: the keys that lead to it; `[key]` at the end stands for the key before it.
        message: what, and what to do.
        kind: `missing` and `unknown` are about the key that ends the path, `shape` about a value
            that is no mapping or list; the rest is `wrong`.
        word: a name that is perhaps misspelt.
        known: the names that it could have been.
    """

    path: Path
    message: str
    kind: Kind = "wrong"
    word: str = ""
    known: Collection[str] = ()

    def __str__(self) -> str:
        """What pydantic shows; it makes text of everything that an error carries."""
        return self.message


def failure(problems: Iterable[Problem]) -> ValidationError:
    """The error for a validator to raise."""
    return ValidationError.from_exception_data("scenario", [_line_error(p) for p in problems])


def problems_of(error: ValidationError) -> list[Problem]:
    """What the error says, in our words: the first thousand things, which nobody will read."""
    return [_problem(line) for line in error.errors(include_url=False)[:MAX_PROBLEMS]]


def _line_error(problem: Problem) -> InitErrorDetails:
    carried = PydanticCustomError("scenario", "{problem}", {"problem": problem})
    return InitErrorDetails(type=carried, loc=problem.path, input=None)


def _problem(line: ErrorDetails) -> Problem:
    path, kind, context = line["loc"], line["type"], line.get("ctx", {})
    carried = context.get("problem")
    if isinstance(carried, Problem):
        return replace(carried, path=path)
    if kind == "missing":
        return Problem(path, f"{quote(path[-1])} is missing", "missing")
    if kind == "extra_forbidden":
        return Problem(path, f"unknown key {quote(path[-1])}", "unknown")
    if kind in _SHAPES:
        return Problem(path, _SHAPES[kind], "shape")
    if kind == "value_error":
        return Problem(path, str(context["error"]))
    return Problem(path, line["msg"])


_SHAPES = {
    "model_type": "this must be a mapping of keys to values",
    "mapping_type": "this must be a mapping of names to values",
    "dict_type": "this must be a mapping of names to values",
    "tuple_type": "this must be a list: a dash and a space before each item",
    "too_short": "there must be at least one",
    "too_long": "there are too many",
}
