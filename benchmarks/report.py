"""RESULTS.md: every part's tables, and the targets with whether they are met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

from benchmarks.machine import Circumstances
from benchmarks.parts import growth, messages, pipelines, replications, shop
from benchmarks.results import Measured, Results
from benchmarks.table import markdown
from benchmarks.targets import Verdict

__all__ = ["PLOT", "report"]

PLOT: Final = "results.svg"

Finding = TypeVar("Finding")

INTRODUCTION: Final = """\
# Results

Made by `python -m benchmarks`; [README.md](README.md) says what is measured and how to read it.
Ratios are medians of the rounds' own ratios, smallest and largest beside them. Compare figures of
one part with one another, never with those of another machine, day or part.
"""


class Section(NamedTuple):
    """One part as it is shown."""

    title: str
    circumstances: Circumstances
    text: str
    verdicts: list[Verdict]


def report(results: Results, *, plot: bool) -> str:
    """The whole document.

    Args:
        results: what was measured.
        plot: whether the picture lies beside the document.
    """
    sections = list(_sections(results))
    verdicts = [verdict for section in sections for verdict in section.verdicts]
    pieces = [INTRODUCTION, "## Targets\n", _targets(verdicts) + "\n"]
    if plot:
        pieces.append(f"![Orders and messages a second, and time an order]({PLOT})\n")
    place = ""
    for section in sections:
        where = section.circumstances.place
        pieces += [f"## {section.title}\n", f"Measured {section.circumstances.moment}.\n"]
        if where != place:  # said once for all parts that share it
            pieces.append(f"{where}.\n")
        pieces.append(section.text + "\n")
        place = where
    return "\n".join(pieces)


def _sections(results: Results) -> Iterator[Section]:
    yield from _section("The shop in virtual time", results.shop, shop.show, shop.judge)
    yield from _section(
        "The pipeline in real time", results.pipelines, pipelines.show, pipelines.judge
    )
    yield from _section("Raw messages", results.messages, messages.show, messages.judge)
    yield from _section("Growth", results.growth, growth.show, growth.judge)
    yield from _section("Replications", results.replications, replications.show, replications.judge)


def _section(
    title: str,
    measured: Measured[Finding] | None,
    show: Callable[[Finding], str],
    judge: Callable[[Finding], list[Verdict]],
) -> Iterator[Section]:
    """The section of a part, if it was ever measured."""
    if measured is not None:
        found = measured.found
        yield Section(title, measured.circumstances, show(found), judge(found))


def _targets(verdicts: list[Verdict]) -> str:
    words = {True: "met", False: "**missed**", None: ""}
    rows = [["target", "wanted", "measured", ""]]
    rows += [[one.target, one.wanted, one.found, words[one.met]] for one in verdicts]
    return markdown(rows)
