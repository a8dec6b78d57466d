from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.common.visible_text import columns
from actors.report.style import Look
from actors.report.tables import aligned, number, share, span
from actors.report.text import cut, pad

PLAIN = Look(colour=False)
ASCII = Look(colour=False, unicode=False)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("web-17", "web-17"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202edrow", r"\u202edrow"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("half\ud800", r"half\ud800"),
        ("\x9b2J", r"\x9b2J"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\u2028", r"\u2028"),
        ("Žluťoučký", "Žluťoučký"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
    ],
)
def test_foreign_text_cannot_move_the_cursor(hostile: str, shown: str) -> None:
    assert PLAIN.foreign(hostile) == shown


@given(st.text(st.characters(), max_size=200))
def test_foreign_text_is_printable_and_short_whatever_it_was(hostile: str) -> None:
    for look in (PLAIN, ASCII):
        shown = look.foreign(hostile)
        assert shown.isprintable()
        assert columns(shown) <= 60
    assert ASCII.foreign(hostile).isascii()


def test_without_unicode_foreign_text_is_escaped_too() -> None:
    assert ASCII.foreign("Ž") == r"\u017d"


def test_wide_characters_count_twice_and_marks_and_colours_not_at_all() -> None:
    assert [columns(text) for text in ("ab", "日本", "e\u0301", "\x1b[31mab\x1b[0m")] == [
        2,
        4,
        1,
        2,
    ]


def test_padding_counts_columns_not_characters() -> None:
    assert pad("日本", 6) == "日本  "
    assert pad("\x1b[31m7\x1b[0m", 3, "right") == "  \x1b[31m7\x1b[0m"


@given(st.text(max_size=30), st.integers(3, 20))
def test_cut_text_never_occupies_more_than_its_width(text: str, width: int) -> None:
    assert columns(cut(text, width, "...")) <= width or text == cut(text, width, "...")


def test_columns_are_aligned_and_empty_ones_disappear() -> None:
    lines = aligned("lrl", [["日本", "1", ""], ["abcdef", "1,000", ""]])
    assert lines == ["日本        1", "abcdef  1,000"]


def test_a_table_of_coloured_cells_is_as_straight_as_one_without() -> None:
    look = Look(colour=True)
    coloured = aligned("lr", [[look.paint("bad", "a"), "1"], ["bb", look.paint("good", "22")]])
    plain = aligned("lr", [["a", "1"], ["bb", "22"]])
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == plain


def test_figures_are_written_for_people() -> None:
    assert [number(value) for value in (0, 1_234_567, 71.26, 412.6, 3.0)] == [
        "0",
        "1,234,567",
        "71.3",
        "413",
        "3",
    ]
    assert [span(value) for value in (None, 0.012)] == ["-", "12ms"]


def test_a_share_is_nothing_or_everything_only_when_it_is_exactly_that() -> None:
    shares = [None, 0.0, 0.0001, 0.131, 0.99999, 1.0]
    assert [share(value) for value in shares] == ["-", "0%", "<0.1%", "13.1%", ">99.9%", "100%"]
