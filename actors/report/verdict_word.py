"""The word at the head of a summary: PASSED, FAILED and so on, in its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actors.vocabulary.exit_codes import ExitCode

if TYPE_CHECKING:
    from actors.report.style import Look, Tone

__all__ = ["verdict_word"]

_TONES: Final[dict[ExitCode, Tone]] = {ExitCode.PASSED: "good", ExitCode.INTERRUPTED: "warn"}


def verdict_word(exit_code: int, look: Look) -> str:
    """The word that stands for an exit code, in its colour."""
    code = ExitCode.of(exit_code)
    return look.paint(_TONES.get(code, "bad"), look.paint("strong", code.verdict))
