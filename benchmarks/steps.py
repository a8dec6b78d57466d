"""Where a run spends its steps: bytecodes an order, function by function.

    STOCKSIM_PURE=1 python -m benchmarks.steps [ORDERS]

On a noisy machine this is the profile to optimise by: the same code counts the same number of
steps every time. What C code does is not in it.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Final

from actors.common.compiled import in_use
from benchmarks.stocksim_shop import StocksimShop
from benchmarks.table import table

if TYPE_CHECKING:
    from _typeshed import TraceFunction

__all__ = ["count_steps"]

SHOWN: Final = 40


def count_steps(orders: int, seed: int) -> tuple[Counter[CodeType], Counter[CodeType]]:
    """Play the shop; returns the bytecodes executed and the calls, by function."""
    steps: Counter[CodeType] = Counter()
    calls: Counter[CodeType] = Counter()

    def within(frame: FrameType, event: str, _argument: object) -> TraceFunction:
        if event == "opcode":
            steps[frame.f_code] += 1
        return within

    def entered(frame: FrameType, _event: str, _argument: object) -> TraceFunction:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        calls[frame.f_code] += 1
        return within

    shop = StocksimShop(orders, seed)
    sys.settrace(entered)
    try:
        shop.play()
    finally:
        sys.settrace(None)
    return steps, calls


def main() -> None:
    """Print the functions with the most steps."""
    if in_use():
        sys.exit("compiled code has no bytecodes to count: set STOCKSIM_PURE=1")
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    steps, calls = count_steps(orders, seed=1)
    rows = [["function", "steps an order", "calls an order"]]
    for code, count in steps.most_common(SHOWN):
        name = f"{Path(code.co_filename).name}:{code.co_name}"
        rows.append([name, f"{count / orders:.1f}", f"{calls[code] / orders:.2f}"])
    rows.append(["all", f"{steps.total() / orders:.0f}", f"{calls.total() / orders:.1f}"])
    print(table(rows))


if __name__ == "__main__":
    main()
