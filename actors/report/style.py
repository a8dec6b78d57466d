"""Whether to colour, what the colours mean, and the signs that say the same without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from colorama import Fore, Style

from actors.common.visible_text import visible
from actors.report.text import LONGEST_NAME, cut

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

__all__ = ["ColourChoice", "Look", "Sign", "Tone", "use_colour"]

ColourChoice = Literal["auto", "always", "never"]
Tone = Literal["good", "warn", "bad", "odd", "note", "strong", "quiet"]
Sign = Literal[
    "good", "part", "bad", "start", "down", "stop", "hop", "again", "wait", "and", "cut", "off"
]

_TONES: Final[dict[Tone, str]] = {
    "good": Fore.GREEN,
    "warn": Fore.YELLOW,
    "bad": Fore.RED,
    "odd": Fore.MAGENTA,
    "note": Fore.CYAN,
    "strong": Style.BRIGHT,
    "quiet": Style.DIM,
}
_SIGNS: Final[dict[Sign, tuple[str, str]]] = {
    "good": ("✔", "+"),
    "part": ("◐", "~"),
    "bad": ("✘", "x"),
    "start": ("▶", ">"),
    "down": ("▼", "!"),
    "stop": ("■", "!"),
    "hop": ("·", "."),
    "again": ("↻", "="),
    "wait": ("◷", "~"),
    "and": ("·", "|"),
    "cut": ("…", "..."),
    "off": ("±", "+/-"),
}
_BARS: Final = "━─"


def use_colour(choice: ColourChoice, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour: `--color`, else `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, a terminal.

    Empty variables count as unset, and so does `FORCE_COLOR=0`.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()


@dataclass(frozen=True, slots=True)
class Look:
    """How everything is written in one place: with or without colours, signs or ASCII."""

    colour: bool
    unicode: bool = True

    def paint(self, tone: Tone, text: str) -> str:
        """The text in the tone's colour, or as it is."""
        return f"{_TONES[tone]}{text}{Style.RESET_ALL}" if self.colour and text else text

    def sign(self, name: Sign) -> str:
        """One sign, or the ASCII that stands in for it."""
        return _SIGNS[name][0 if self.unicode else 1]

    def foreign(self, text: str, limit: int = LONGEST_NAME) -> str:
        """Text from outside: nothing in it can act on the terminal, and it is cut at `limit`."""
        return self.cut(visible(text[: limit + 1], ascii_only=not self.unicode), limit)

    def cut(self, text: str, width: int) -> str:
        """The text in at most `width` columns."""
        return cut(text, width, self.sign("cut"))

    def bar(self, share: float, width: int) -> str:
        """A bar of `width` columns, filled to a share (0..1)."""
        full = round(share * width)
        on, off = _BARS if self.unicode else "#-"
        return on * full + off * (width - full)
