"""Draw a real run of `peak_load` as an SVG: the picture in the README.

python docs/picture.py            writes docs/peak_load.svg
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMAND = ["stocksim.py", "scenarios/peak_load.yaml", "--runtime", "virtual", "--color", "always"]
LOG_LINES = 16  # of the log, before the summary

COLUMN, ROW, MARGIN, BAR = 8.4, 18, 16, 30
COLOURS = {
    "31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff",
    "36": "#76e3ea", "90": "#8b949e", "91": "#ff7b72", "92": "#7ee787", "93": "#e3b341",
    "94": "#79c0ff", "95": "#d2a8ff", "96": "#76e3ea",
}  # fmt: skip
NO_BREAK = "\u00a0"  # browsers fold runs of ordinary spaces
ESCAPE = re.compile(r"\x1b\[([\d;]*)m")


def spans(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a coloured line, each with its SVG style."""
    colour, bold, dim, end = "", False, False, 0
    for found in [*ESCAPE.finditer(line), None]:
        text = line[end : found.start()] if found else line[end:]
        if text:
            style = f"fill:{COLOURS.get(colour, '#e6edf3')}"
            yield (
                text,
                style + (";font-weight:bold" if bold else "") + (";opacity:.65" if dim else ""),
            )
        if found is None:
            return
        end = found.end()
        for code in (found[1] or "0").split(";"):
            bold, dim = (
                code == "1" or (bold and code not in ("0", "22")),
                code == "2" or (dim and code not in ("0", "22")),
            )
            colour = code if code in COLOURS else "" if code in ("0", "39") else colour


def draw(lines: list[str]) -> str:
    """The SVG of a terminal that shows these lines."""
    columns = max(len(ESCAPE.sub("", line)) for line in lines)
    width, height = columns * COLUMN + 2 * MARGIN, len(lines) * ROW + BAR + 2 * MARGIN
    rows = []
    for number, line in enumerate(lines):
        y = BAR + MARGIN + number * ROW + 12
        column = 0
        for text, style in spans(line):
            x = MARGIN + column * COLUMN
            length = len(text) * COLUMN
            rows.append(
                f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}" style="{style}">'
                f"{html.escape(text.replace(' ', NO_BREAK))}</text>"
            )
            column += len(text)
    lights = "".join(
        f'<circle cx="{MARGIN + 6 + 20 * place}" cy="16" r="6" fill="{fill}"/>'
        for place, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}">'
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>{lights}'
        '<g font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">'
        f"{''.join(rows)}</g></svg>\n"
    )


def main() -> None:
    """Run the scenario and write the picture."""
    run = subprocess.run(  # noqa: S603 — our own program with fixed arguments
        [sys.executable, *COMMAND], cwd=HERE.parent, capture_output=True, text=True, check=True
    )
    log = run.stderr.splitlines()
    shown = [
        f"$ python {' '.join(COMMAND[:2])}",
        *log[:LOG_LINES],
        *log[-2:],
        *run.stdout.splitlines(),
    ]
    (HERE / "peak_load.svg").write_text(draw(shown), encoding="utf-8")


if __name__ == "__main__":
    main()
