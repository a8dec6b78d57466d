from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.report.layout import Section, fitted
from actors.report.style import Look

PLAIN = Look(colour=False)


def test_what_fits_is_shown_whole_with_an_empty_line_between() -> None:
    parts = [Section(["A"], ["1", "2"], ["sum"]), Section(["B"])]
    assert fitted(parts, 40, PLAIN) == ["A", "1", "2", "sum", "", "B"]


def test_the_first_rows_stay_and_the_missing_are_counted() -> None:
    part = Section(["A"], [str(n) for n in range(10)], noun="checks")
    assert fitted([part], 5, PLAIN) == ["A", "0", "1", "2", "  … 7 more checks (-v shows all)"]


def test_the_middle_is_left_out_where_both_ends_matter() -> None:
    part = Section(["A"], [str(n) for n in range(10)], keep="ends", noun="phases")
    assert fitted([part], 5, PLAIN) == ["A", "0", "1", "  … 7 more phases (-v shows all)", "9"]


def test_rows_never_offered_are_counted_too() -> None:
    part = Section(["A"], ["1", "2"], more=48, noun="products")
    assert fitted([part], 40, PLAIN)[-1] == "  … 48 more products (-v shows all)"
    assert fitted([part], 3, PLAIN)[-1] == "  … 49 more products (-v shows all)"


def test_the_longest_section_gives_way_first() -> None:
    short, long = Section(["A"], ["1", "2"]), Section(["B"], ["x"] * 50)
    lines = fitted([short, long], 20, PLAIN)
    assert len(lines) == 20
    assert lines[:3] == ["A", "1", "2"]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), min_size=1, max_size=7),
    st.sampled_from(["first", "ends"]),
)
def test_a_page_is_never_longer_than_it_may_be(sizes: list[tuple[int, int]], keep: str) -> None:
    parts = [
        Section(["head"], ["row"] * n, more=more, keep="ends" if keep == "ends" else "first")
        for n, more in sizes
    ]
    assert len(fitted(parts, 40, PLAIN)) <= 40
