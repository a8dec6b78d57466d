"""Mistakes that YAML takes without a word, and what was probably meant."""

from __future__ import annotations

import re

__all__ = ["key_hint", "syntax_hint", "value_hint"]

_NO_SPACE_AFTER_COLON = re.compile(r"([^\s:]+):([^\s:/].*)", re.DOTALL)
_AFTER_COMMA = re.compile(r"[0-9]{3}(?![0-9])")


def key_hint(key: str, *, empty: bool) -> str:
    """What was meant by a key that nobody would write on purpose; empty when nothing known.

    Args:
        key: as read.
        empty: no value follows, as when the key is half of something else.
    """
    if key.startswith("-") and key[1:2].strip() and not key[1].isdigit():
        return "; put a space after the dash"
    if not empty:
        return ""
    if _AFTER_COMMA.match(key):
        return "; a comma ends a value inside { }: write 1000, not 1,000"
    if found := _NO_SPACE_AFTER_COLON.fullmatch(key):
        return f"; put a space after the colon: {found[1]}: {found[2]}"
    return ""


def value_hint(text: str) -> str:
    """What was meant by a text that stands where a mapping or a list should."""
    if text.startswith("-") and text[1:2].strip():
        return "; put a space after the dash"
    if found := _NO_SPACE_AFTER_COLON.match(text):
        return f"; put a space after the colon: {found[1]}: …"
    return ""


def syntax_hint(text: str, at: int, problem: str) -> str:
    """What to do about a place at which the YAML parser gave up."""
    here = text[at : at + 1]
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if here == "\t" or line.strip(" ") == "\t" * line.count("\t") != "":
        return "; a tab cannot indent: use spaces"
    if problem.startswith("mapping values are not allowed"):
        return "; put a text that has a colon in quotes, and a space after each key's colon"
    if problem.startswith("found unexpected ':'"):
        return "; put a space after the colon"
    if here in {"%", "@", "`"}:
        return f"; put a text that starts with {here} in quotes"
    return ""
