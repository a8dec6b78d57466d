"""A set of replications as it is played: a line for each that has ended, and how far the set is.

  3.1s  replication 4   ✔ 5,113 orders, latency p95 912ms
━━━━━━━━━───────────────  38%  38 of 100 replications  2 running  about 51s left
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.report.tables import number, span
from actors.vocabulary.exit_codes import ExitCode

if TYPE_CHECKING:
    from actors.measure.result import Result
    from actors.report.style import Look
    from actors.report.terminal import Terminal
    from actors.study.replications import Standing

__all__ = ["SetProgress", "standing_line"]

_BAR: Final = 24
_BETWEEN_LINES_S: Final = 0.1  # more can nobody read; the summary has them all
_ORDINARY: Final = (ExitCode.PASSED, ExitCode.THRESHOLD)


class SetProgress:
    """Watches a set and shows it on a terminal; on a pipe there are only the lines that stay."""

    def __init__(self, terminal: Terminal, look: Look) -> None:
        self._terminal = terminal
        self._look = look
        self._next_line_s = 0.0
        self._told_of_stop = False

    def __call__(self, standing: Standing) -> None:
        """Show a standing."""
        latest = standing.latest
        if latest is not None and self._worth_a_line(standing, latest):
            self._next_line_s = standing.elapsed_s + _BETWEEN_LINES_S
            self._terminal.log(_line(latest, standing, self._look))
        if standing.stopping and not self._told_of_stop:
            self._told_of_stop = True
            self._terminal.log(_stop_line(standing, self._look))
        width = self._terminal.width - 1  # a line that fills the last column may wrap
        self._terminal.status(standing_line(standing, self._look, width))

    def close(self) -> None:
        """Clear the line that changes."""
        self._terminal.status("")

    def _worth_a_line(self, standing: Standing, latest: Result) -> bool:
        return latest.exit_code not in _ORDINARY or standing.elapsed_s >= self._next_line_s


def _line(result: Result, standing: Standing, look: Look) -> str:
    good = result.exit_code == ExitCode.PASSED
    mark = look.paint("good" if good else "bad", look.sign("good" if good else "bad"))
    facts = [f"{number(result.orders.placed)} orders"]
    if result.latency_s.p95 is not None:
        facts.append(f"latency p95 {span(result.latency_s.p95)}")
    if not good:
        facts.append(f"exit {result.exit_code}")
    when = look.paint("quiet", f"{standing.elapsed_s:9.1f}s")
    return f"{when}  replication {result.replication:<6} {mark} {', '.join(facts)}"


def _stop_line(standing: Standing, look: Look) -> str:
    note = (
        f"{look.sign('stop')} interrupted: {standing.running} replications are played to their end"
    )
    when = look.paint("quiet", f"{standing.elapsed_s:9.1f}s")
    return f"{when}  {look.paint('warn', note)} (again: drop them)"


def standing_line(standing: Standing, look: Look, width: int) -> str:
    """How far the set is, in at most `width` columns, without colour."""
    done = standing.finished / standing.replications
    parts = [
        look.bar(done, _BAR),
        f"{int(done * 100):3}%",
        f"{number(standing.finished)} of {number(standing.replications)} replications",
        f"{standing.running} running",
    ]
    played = standing.finished - standing.recalled
    if played:
        left = (standing.replications - standing.finished) * standing.elapsed_s / played
        parts.append(f"about {span(left)} left")
    return look.cut("  ".join(parts), width)
