from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from threading import Thread

import pytest

from actors.measure.journal import Event, EventKind
from actors.report.log_pacing import ConsoleLog
from actors.report.style import Look
from actors.report.terminal import Terminal


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The seconds that the test set."""
        return self.now


class Screen:
    """A console log on text in memory."""

    def __init__(self, *, colour: bool = False, everything: bool = False) -> None:
        self.stream = StringIO()
        self.clock = Clock()
        self.log = ConsoleLog(
            Terminal(self.stream), Look(colour), everything=everything, clock=self.clock
        )

    def happens(
        self, kind: EventKind, order: str = "web-1", text: str = "", times: int = 1
    ) -> None:
        """The same event, so many times."""
        for _ in range(times):
            self.log(Event(12.345, "processor/3", kind, order, text))

    @property
    def lines(self) -> list[str]:
        """What has been written so far."""
        return self.stream.getvalue().splitlines()


def test_a_line_has_time_actor_order_and_what_happened() -> None:
    screen = Screen()
    screen.happens("fulfilled", "web-17-42")
    screen.happens("partial", "web-17-43", "2 of 3 units")
    screen.happens("rejected", "web-17-44", "out_of_stock PHONE-X")
    screen.happens("sold_out", "", "PHONE-X")
    assert screen.lines == [
        "   12.345s  processor/3   web-17-42   ✔ fulfilled",
        "   12.345s  processor/3   web-17-43   ◐ partial      2 of 3 units",
        "   12.345s  processor/3   web-17-44   ✘ rejected     out_of_stock PHONE-X",
        "   12.345s  processor/3               ▼ sold out     PHONE-X: nothing is left to promise",
    ]


def test_columns_widen_for_long_names_and_stay_so() -> None:
    screen = Screen()
    screen.log(Event(0.0, "inventory/CONSOLE-5", "reserved", "web-1", ""))
    screen.log(Event(0.0, "processor/3", "taken", "web-1", ""))
    assert screen.lines[0].index("web-1") == screen.lines[1].index("web-1")


def test_without_colour_there_is_no_escape_and_with_it_there_is() -> None:
    plain, coloured = Screen(), Screen(colour=True)
    for screen in (plain, coloured):
        screen.happens("rejected", text="out_of_stock A")
    assert "\x1b" not in plain.stream.getvalue()
    assert "\x1b[31m✘ rejected" in coloured.stream.getvalue()


def test_of_each_kind_ten_lines_a_second_are_shown_and_the_rest_counted() -> None:
    screen = Screen()
    screen.happens("fulfilled", times=322)
    screen.happens("rejected", text="out_of_stock A", times=11)
    screen.happens("rejected", text="overloaded", times=3)
    assert len(screen.lines) == 10 + 10 + 3
    screen.clock.now += 1.0
    screen.happens("placed")
    assert [line.strip() for line in screen.lines[23:25]] == [
        "… 312 more fulfilled (-v shows all)",
        "… 1 more rejected out_of_stock (-v shows all)",
    ]
    assert len(screen.lines) == 26


def test_a_new_second_shows_lines_again() -> None:
    screen = Screen()
    screen.happens("fulfilled", times=12)
    screen.clock.now += 1.5
    screen.happens("fulfilled", times=12)
    assert sum("✔" in line for line in screen.lines) == 20


def test_what_is_held_back_at_the_end_is_told_once() -> None:
    screen = Screen()
    screen.happens("fulfilled", times=15)
    screen.log.close()
    screen.log.close()
    assert [line.strip() for line in screen.lines[10:]] == ["… 5 more fulfilled (-v shows all)"]


def test_everything_is_shown_when_asked() -> None:
    screen = Screen(everything=True)
    screen.happens("fulfilled", times=500)
    screen.log.close()
    assert len(screen.lines) == 500


@pytest.mark.parametrize("kind", ["crash", "phase", "sold_out", "interrupt"])
def test_rare_events_have_a_larger_budget_that_still_ends(kind: EventKind) -> None:
    screen = Screen()
    screen.happens(kind, times=1_000)
    screen.log.close()
    assert len(screen.lines) == 101
    assert "900 more" in screen.lines[-1]


def test_foreign_words_do_not_grow_the_tallies() -> None:
    screen = Screen()
    for number in range(1_000):
        screen.happens("dead_letter", text=f"word{number} is not JSON")
    assert len(screen.log._tallies) == 1


def test_what_is_held_back_is_not_formatted() -> None:
    class Unprintable(str):
        __slots__ = ()

        def isprintable(self) -> bool:
            raise AssertionError("formatted")

    screen = Screen()
    screen.happens("fulfilled", times=10)
    screen.happens("fulfilled", order=Unprintable("web-11"))
    assert len(screen.lines) == 10


def test_hostile_names_are_escaped() -> None:
    screen = Screen()
    screen.happens("rejected", "\x1b[2J\u202e\ud800", "unknown_product \r\n\x1b]0;x\x07")
    (line,) = screen.lines
    assert r"\x1b[2J\u202e\ud800" in line
    assert r"unknown_product \r\n\x1b]0;x\x07" in line


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_no_encoding_makes_writing_fail(encoding: str) -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding=encoding, write_through=True)
    log = ConsoleLog(Terminal(stream), Look(colour=False))
    log(Event(1.0, "client/日本", "fulfilled", "Ž-\udc80", ""))
    assert b"fulfilled" in raw.getvalue()


def test_ascii_signs_stand_in_for_the_others() -> None:
    stream = StringIO()
    log = ConsoleLog(Terminal(stream), Look(colour=False, unicode=False))
    for kind in ("fulfilled", "partial", "rejected"):
        log(Event(1.0, "processor/1", kind, "web-1", ""))
    assert stream.getvalue().isascii()
    assert [line.split()[3] for line in stream.getvalue().splitlines()] == ["+", "~", "x"]


def test_a_reader_that_has_gone_does_not_end_the_run() -> None:
    tried: list[str] = []

    class Gone(StringIO):
        def write(self, text: str) -> int:
            tried.append(text)
            raise BrokenPipeError

    log = ConsoleLog(Terminal(Gone()), Look(colour=False), everything=True)
    for _ in range(3):
        log(Event(1.0, "processor/1", "fulfilled", "web-1", ""))
    assert len(tried) == 1


def test_lines_from_many_threads_stay_whole_and_none_is_lost() -> None:
    screen = Screen()
    threads = [
        Thread(target=screen.happens, args=("fulfilled", f"web-{n}", "", 500)) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    screen.log.close()
    assert all(line.endswith("✔ fulfilled") for line in screen.lines[:-1])
    assert screen.lines[-1].strip() == "… 1,990 more fulfilled (-v shows all)"
