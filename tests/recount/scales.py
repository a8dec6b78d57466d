"""Times and rates of a scenario: a shop in which all is over in seconds, or in hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

__all__ = ["HOURS", "MINUTE", "Scale", "constant", "seconds"]

SECONDS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class Scale:
    """How long everything takes; means are in `unit`.

    Attributes:
        lengths: of phases. Most add up exactly, so that a warm-up can end just where one does.
        means: of service times.
        short: means of a line's time, and of an inventory's.
        thinking: means of think times.
        long: means so long that clients who do not think place no thousands of orders.
    """

    unit: str
    lengths: tuple[str, ...]
    rates: tuple[str, ...]
    means: tuple[int, ...]
    short: tuple[int, ...]
    thinking: tuple[int, ...]
    long: tuple[int, ...]

    def times(self, means: Sequence[int]) -> st.SearchStrategy[str]:
        """Any distribution with one of these means; every fifth is constant."""
        return st.builds(
            lambda form, mean, cv: form.format(
                mean=f"{mean}{self.unit}",
                low=f"{mean // 2}{self.unit}",
                high=f"{2 * mean}{self.unit}",
                cv=cv,
            ),
            st.sampled_from(FORMS),
            st.sampled_from(means),
            st.sampled_from(["0.3", "1", "2.5"]),
        )

    def keeps_waiting(self, times: str) -> bool:
        """Whether a distribution never gives less than half of a long mean."""
        return times.startswith("uniform") and times.endswith(
            tuple(f"..{2 * mean}{self.unit}" for mean in self.long)
        )


FORMS: Final = [
    "exponential {mean}",
    "uniform {low}..{high}",
    "lognormal {mean} {cv}",
    "gamma {mean} {cv}",
    "{mean}",
]
MINUTE: Final = Scale(
    unit="ms",
    lengths=("1s", "1.5s", "2s", "0.025min", "2.2s", "700ms", "125ms"),
    rates=("40/s", "15/s", "80/s", "1200/min", "0/s"),
    means=(10, 40, 150, 400, 2),
    short=(2, 40),
    thinking=(100, 250),
    long=(150, 400),
)
HOURS: Final = Scale(
    unit="s",
    lengths=("20min", "1h", "0.05d", "1500s", "0.3h"),
    rates=("80/h", "2/min", "3000/d", "0/h"),
    means=(20, 60, 300, 900),
    short=(2, 40),
    thinking=(300, 1000),
    long=(300, 900),
)


def seconds(text: str) -> float:
    """A duration as the README defines it."""
    number = text.rstrip("dhimns")
    return float(number) * SECONDS[text.removeprefix(number)]


def constant(times: str) -> bool:
    """Whether a distribution always gives the same."""
    return times[0].isdigit()
