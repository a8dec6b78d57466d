"""How the command ends: every exit code, what it means, and which one a run has."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

__all__ = ["ExitCode", "exit_code_of"]


class ExitCode(IntEnum):
    """An exit code.

    Attributes:
        verdict: the word for it at the head of a summary.
        meaning: what it says, as help and documentation have it; what is behind a colon is detail.
    """

    PASSED = 0, "PASSED", "passed"
    INTERNAL = 1, "CRASHED", "internal error: a handler raised, or stocksim itself did"
    USAGE = 2, "REFUSED", "usage or scenario: nothing has run"
    AUDIT = 98, "AUDIT VIOLATED", "the audit found a violation"
    THRESHOLD = 99, "FAILED", "a threshold failed"
    INTERRUPTED = 130, "INTERRUPTED", "interrupted"

    verdict: str
    meaning: str

    def __new__(cls, code: int, verdict: str, meaning: str) -> Self:
        """A number that knows its words."""
        made = int.__new__(cls, code)
        made._value_ = code
        made.verdict = verdict
        made.meaning = meaning
        return made

    @classmethod
    def of(cls, code: int) -> Self:
        """The exit code that is this number, as a document has it.

        Raises:
            KeyError: there is none.
        """
        return {int(one): one for one in cls}[code]

    @classmethod
    def listed(cls) -> str:
        """Every code with its meaning, in a line for help."""
        return ", ".join(f"{code} {code.meaning.partition(':')[0]}" for code in cls)


def exit_code_of(*, crashed: bool, audit_ok: bool, interrupted: bool, passed: bool) -> ExitCode:
    """How a run, or a set of runs, ends: of several codes the one that makes the others doubtful.

    Args:
        crashed: a handler raised.
        audit_ok: every law holds.
        interrupted: it was ended early.
        passed: every threshold was kept.
    """
    if crashed:
        return ExitCode.INTERNAL
    if not audit_ok:
        return ExitCode.AUDIT
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.PASSED if passed else ExitCode.THRESHOLD
