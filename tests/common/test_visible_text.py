"""What becomes of each character on its way to a terminal, and how wide it is there."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hostile_text import HOSTILE, IGNORABLE, MOST_MARKS, dangers, escaped, piles
from hypothesis import given
from hypothesis import strategies as st

from actors import errors
from actors.common.visible_text import columns, pieces, visible, write_lines
from actors.errors import ScenarioError, UsageError

LANGUAGES = (
    "Žluťoučký kůň",
    "Đường sắt",
    "日本語のテキスト",
    "각 \u1112\u1161\u11ab",
    "हिन्दी में",
    "ภาษาไทยที่",
    "שָׁלוֹם",
    "العَرَبِيَّة",
    "👾 🙇 🇨🇿 👍🏽",
    "e\u0301o\u0302\u0323",
    r"C:\temp\new",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_character_is_escaped(name: str) -> None:
    text = HOSTILE[name]
    assert visible(f"a{text}b") == f"a{escaped(text)}b"


@pytest.mark.parametrize("text", LANGUAGES)
def test_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_everything_that_unicode_calls_ignorable_is_escaped() -> None:
    for sign in IGNORABLE:
        assert visible(sign) == escaped(sign)


def test_marks_are_shown_as_long_as_they_are_not_piled_up() -> None:
    for mark in ("\u0301", "\u20dd", "\u0e31"):
        pile = "a" + mark * MOST_MARKS
        assert visible(pile) == pile
        assert visible(pile + 2 * mark + "b") == pile + 2 * escaped(mark) + "b"


def test_a_mark_that_stands_on_nothing_does_not_change_what_is_before_the_text() -> None:
    assert visible("\u0338=") == r"\u0338="
    assert visible("\u202e\u0338") == r"\u202e\u0338"


@given(st.text(st.characters(), max_size=200))
def test_whatever_it_was_it_is_one_line_that_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert not dangers(shown)
    assert "\n" not in shown
    assert piles(shown) <= MOST_MARKS
    assert visible(shown) == shown
    assert "".join(pieces(text)) == shown
    assert visible(text, ascii_only=True).isascii()
    assert len(pieces(text)) == len(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=50))
def test_what_is_shown_is_as_wide_as_its_pieces(text: str) -> None:
    shown = pieces(text)
    assert columns("".join(shown)) == sum(map(columns, shown))


def test_marks_of_every_script_take_no_column() -> None:
    for sign in map(chr, range(0x300, 0x2000)):
        if unicodedata.category(sign) == "Mn":
            assert columns("a" + sign) == 1


def test_each_argument_of_an_error_is_one_line_of_it() -> None:
    error = UsageError("--json a\nb cannot be\u202e", "second")
    assert str(error) == "--json a\\nb cannot be\\u202e\nsecond"
    assert UsageError("ž ±1…").shown(ascii_only=True) == r"\u017e +/-1..."
    assert str(ScenarioError("a", "b\nc", plain=["x"])) == "a\nb\\nc"
    assert ScenarioError("a", "b", plain=["x", "y"]).shown(ascii_only=True) == "x\ny"


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_of_any_kind_is_shown_visibly(name: str) -> None:
    error: errors.StocksimError = getattr(errors, name)("a\u202e\nb")
    assert str(error) == error.shown() == r"a\u202e\nb"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp437", "cp1252"])
def test_lines_are_written_in_what_the_stream_has(encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    write_lines(stream, "ž\n\u202e", "é")
    stream.seek(0)
    said = stream.read()
    assert said == ("ž\\n\\u202e\né\n" if encoding == "utf-8" else "\\u017e\\n\\u202e\n\\xe9\n")
