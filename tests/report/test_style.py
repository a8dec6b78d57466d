from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper

import pytest

from actors.common.visible_text import SIGNS, speaks_unicode
from actors.report import style
from actors.report.style import ColourChoice, Look, use_colour


class TerminalLike(StringIO):
    """Text in memory that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(
    ("choice", "environ", "on_terminal", "on_pipe"),
    [
        ("auto", {}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, True, True),
        ("never", {"FORCE_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": ""}, True, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": ""}, True, False),
        ("auto", {"TERM": "dumb"}, False, False),
    ],
)
def test_colour_is_decided_by_flag_then_environment_then_terminal(
    choice: ColourChoice, environ: dict[str, str], on_terminal: bool, on_pipe: bool
) -> None:
    assert use_colour(choice, TerminalLike(), environ) == on_terminal
    assert use_colour(choice, StringIO(), environ) == on_pipe


@pytest.mark.parametrize(
    ("encoding", "speaks"),
    [("utf-8", True), ("utf-16", True), ("ascii", False), ("latin-1", False), ("cp437", False)],
)
def test_signs_are_used_only_where_the_encoding_has_them(encoding: str, speaks: bool) -> None:
    assert speaks_unicode(TextIOWrapper(BytesIO(), encoding=encoding)) == speaks


def test_every_sign_is_among_those_that_an_encoding_is_asked_for() -> None:
    signs = [sign for sign, _ in style._SIGNS.values()]
    assert set("".join([*signs, style._BARS])) == set(SIGNS)


def test_text_in_memory_has_every_sign() -> None:
    assert speaks_unicode(StringIO())


def test_without_colour_painting_changes_nothing() -> None:
    assert Look(colour=False).paint("bad", "word") == "word"
    assert Look(colour=True).paint("bad", "word") == "\x1b[31mword\x1b[0m"


def test_a_bar_is_always_as_wide_as_asked() -> None:
    look = Look(colour=False, unicode=False)
    assert [look.bar(share, 4) for share in (0, 0.5, 1)] == ["----", "##--", "####"]
