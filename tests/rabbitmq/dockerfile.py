"""Reads the Dockerfile, as far as its tests need it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["ROOT", "Instruction", "environment", "exec_form", "instructions"]

ROOT: Final = Path(__file__).parents[2]


class Instruction(NamedTuple):
    """One instruction: its word and the rest of its line."""

    word: str
    rest: str


def instructions(*words: str) -> list[Instruction]:
    """The Dockerfile's instructions of these words, in order; all of them, if none is given."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    found = [Instruction(*line.split(maxsplit=1)) for line in lines if line and line[0] != "#"]
    return [instruction for instruction in found if not words or instruction.word in words]


def exec_form(word: str) -> list[str]:
    """The arguments of the one instruction of that word, written as a JSON list."""
    (instruction,) = instructions(word)
    arguments = json.loads(instruction.rest)
    assert isinstance(arguments, list)
    return [str(argument) for argument in arguments]


def environment() -> dict[str, str]:
    """What ENV sets."""
    words = [word for instruction in instructions("ENV") for word in shlex.split(instruction.rest)]
    return dict(word.split("=", 1) for word in words)
